package main

import (
	"fmt"
	"net/smtp"
	"slices"
	"strings"
	"testing"
	"time"
)

// BenchmarkMailToFeed measures how long a mail takes from the first byte of its
// DATA until its entry stands in the topic's feed, through a running serve. It
// is looked for as a reader would, again and again.
func BenchmarkMailToFeed(b *testing.B) {
	m := openPostroom(b, `listen = "127.0.0.1:0"`)
	client, err := smtp.Dial(m.smtp)
	if err != nil {
		b.Fatal(err)
	}
	defer client.Close()
	at := time.Now().Add(-time.Hour)
	var accepted, shown []time.Duration
	for n := 0; b.Loop(); n++ {
		subject := fmt.Sprintf("mail %d of the benchmark", n)
		raw := listMail(subject, at.Add(time.Duration(n)*time.Second))
		if err := client.Mail("a@example.org"); err != nil {
			b.Fatal(err)
		}
		if err := client.Rcpt(m.address); err != nil {
			b.Fatal(err)
		}
		begun := time.Now()
		w, err := client.Data()
		if err != nil {
			b.Fatal(err)
		}
		if _, err = w.Write(raw); err != nil {
			b.Fatal(err)
		}
		if err := w.Close(); err != nil {
			b.Fatal(err)
		}
		accepted = append(accepted, time.Since(begun))
		for {
			_, body, err := fetchPage(m.base + "/topics/all/feed.atom")
			if err != nil {
				b.Fatal(err)
			}
			if strings.Contains(body, subject+"<") {
				break
			}
		}
		shown = append(shown, time.Since(begun))
	}
	for name, times := range map[string][]time.Duration{"accepted": accepted, "shown": shown} {
		slices.Sort(times)
		b.ReportMetric(float64(times[len(times)/2].Microseconds())/1000, name+"-median-ms")
		b.ReportMetric(float64(times[len(times)*99/100].Microseconds())/1000, name+"-p99-ms")
	}
}

// BenchmarkMailBurst measures how fast mails are taken that arrive on many
// connections at once, as after an outage: each is acknowledged on its own, when
// it is durable.
func BenchmarkMailBurst(b *testing.B) {
	const senders = 20
	m := openPostroom(b, `listen = "127.0.0.1:0"`)
	at := time.Now().Add(-time.Hour)
	send := func(from, to int) error {
		client, err := smtp.Dial(m.smtp)
		if err != nil {
			return err
		}
		defer client.Close()
		for n := from; n < to; n++ {
			if err := client.Mail("a@example.org"); err != nil {
				return err
			}
			if err := client.Rcpt(m.address); err != nil {
				return err
			}
			w, err := client.Data()
			if err != nil {
				return err
			}
			if _, err := w.Write(listMail(fmt.Sprintf("mail %d", n), at)); err != nil {
				return err
			}
			if err := w.Close(); err != nil {
				return err
			}
		}
		return nil
	}
	b.ResetTimer()
	failed := make(chan error, senders)
	for s := range senders {
		go func() { failed <- send(b.N*s/senders, b.N*(s+1)/senders) }()
	}
	for range senders {
		if err := <-failed; err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "mails/s")
}
