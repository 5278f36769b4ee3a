package aggregator

import (
	"testing"
	"time"
)

func TestRest(t *testing.T) {
	friday := time.Date(2026, 3, 20, 12, 20, 0, 0, time.UTC)
	rss := func(s string) string {
		return `<rss version="2.0" xmlns:sy="http://purl.org/rss/1.0/modules/syndication/"><channel><title>T</title>` + s + `</channel></rss>`
	}
	for _, tt := range []struct {
		name, text string
		want       time.Duration
	}{
		{"nothing", rss(""), 0},
		{"ttl", rss("<ttl> 90 </ttl>"), 90 * time.Minute},
		{"an endless ttl", rss("<ttl>999999999</ttl>"), 24 * time.Hour},
		{"a ttl that is none", rss("<ttl>soon</ttl>"), 0},
		{"a negative ttl", rss("<ttl>-5</ttl>"), 0},
		{"twice a day", rss("<sy:updatePeriod>\nDaily </sy:updatePeriod><sy:updateFrequency>2</sy:updateFrequency>"), 12 * time.Hour},
		{"every year", rss("<sy:updatePeriod>yearly</sy:updatePeriod>"), 24 * time.Hour},
		{"a frequency of 0", rss("<sy:updatePeriod>hourly</sy:updatePeriod><sy:updateFrequency>0</sy:updateFrequency>"), time.Hour},
		{"the longer of two", rss("<ttl>30</ttl><sy:updatePeriod>hourly</sy:updatePeriod>"), time.Hour},
		{"hours", rss("<skipHours><hour>12</hour><hour>13</hour><hour>24</hour></skipHours>"), 100 * time.Minute},
		{"hours behind a ttl", rss("<ttl>60</ttl><skipHours><hour>13</hour></skipHours>"), 100 * time.Minute},
		{"another hour", rss("<skipHours><hour>11</hour></skipHours>"), 0},
		{"a day", rss("<skipDays><day>friday</day></skipDays>"), 11*time.Hour + 40*time.Minute},
		{"a weekend, to its end", rss("<ttl>720</ttl><skipDays><day>Saturday</day></skipDays>"), 35*time.Hour + 40*time.Minute},
		{"every day", rss("<skipDays><day>Monday</day><day>Tuesday</day><day>Wednesday</day><day>Thursday</day><day>Friday</day><day>Saturday</day><day>Sunday</day></skipDays>"), 0},
		{"Atom", atomOf(""), 0},
		{"JSON Feed", `{"version":"https://jsonfeed.org/version/1.1","items":[]}`, 0},
	} {
		d, err := readDocument([]byte(tt.text), "", "", seen{})
		if err != nil {
			t.Errorf("%s: %v", tt.name, err)
		}
		if got := d.rest.from(friday); got != tt.want {
			t.Errorf("%s: %s, want %s", tt.name, got, tt.want)
		}
	}
}
