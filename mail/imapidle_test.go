package mail

import (
	"context"
	"errors"
	"io"
	"strings"
	"testing"
	"time"
)

// TestIMAPIdle holds that news come while idling, and for what came before,
// and that the connection takes commands again afterwards.
func TestIMAPIdle(t *testing.T) {
	cfg, admin := startIMAP(t, 3)
	c, err := DialIMAP(t.Context(), cfg)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	put := func() {
		t.Helper()
		app := admin.Append("list", 4, nil)
		_, err := io.WriteString(app, "x\r\n\n")
		if err := errors.Join(err, app.Close()); err != nil {
			t.Fatal(err)
		}
		if _, err := app.Wait(); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := c.Examine(t.Context(), "list"); err != nil {
		t.Fatal(err)
	}
	if can, err := c.CanIdle(t.Context()); err != nil || !can {
		t.Fatalf("CanIdle: %v, %v", can, err)
	}
	put() // before it idles
	leave, news, left := make(chan struct{}), make(chan struct{}, 10), make(chan error)
	for round := range 2 {
		go func() { left <- c.Idle(t.Context(), leave, func() { news <- struct{}{} }) }()
		for told := false; !told; {
			if round > 0 { // again and again, for this server drops what comes just as IDLE begins
				put()
			}
			select {
			case <-news:
				told = true
			case err := <-left:
				t.Fatalf("round %d: %v", round, err)
			case <-time.After(time.Duration(1-round)*10*time.Second + 100*time.Millisecond):
				if round == 0 {
					t.Fatal("no news of what came before")
				}
			}
		}
		leave <- struct{}{}
		if err := <-left; err != nil {
			t.Fatal(err)
		}
		box, err := c.Examine(t.Context(), "list")
		if err != nil || int(box.Messages) < 4+round {
			t.Errorf("round %d: %+v, %v", round, box, err)
		}
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := c.Idle(ctx, leave, nil); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: %v", err)
	}
}

// TestIMAPIdleFaults holds that an IDLE that cannot be relied on ends in time.
func TestIMAPIdleFaults(t *testing.T) {
	for _, tt := range []struct {
		name    string
		answers map[string]string
		leaves  bool
		err     string
	}{
		{"never begins", map[string]string{"IDLE": "hang"}, false, "IDLE: no answer"},
		{"is refused", map[string]string{"IDLE": "%s NO not today\r\n"}, false, "not today"},
		{"never ends", map[string]string{"IDLE": "+ idling\r\n"}, true, "DONE: no answer"},
		{"hangs up", map[string]string{"IDLE": "+ idling\r\n* BYE\r\n" + bye}, false, "the server hung up"},
		{"nonsense", map[string]string{"IDLE": "+ idling\r\n\x00((\r\n"}, false, "IDLE"},
		{"floods", map[string]string{"IDLE": "flood+ idling\r\n* 9 EXISTS\r\n"}, false, "bytes that are taken at a time"},
	} {
		c, err := DialIMAP(t.Context(), lie(t, tt.answers))
		if err != nil {
			t.Fatal(err)
		}
		if _, err := c.Examine(t.Context(), "list"); err != nil {
			t.Fatal(err)
		}
		leave := make(chan struct{})
		if tt.leaves {
			close(leave)
		}
		if err := c.Idle(t.Context(), leave, func() {}); err == nil || !strings.Contains(err.Error(), tt.err) {
			t.Errorf("%s: %v, want %q", tt.name, err, tt.err)
		}
		c.Close()
	}
}

// TestIMAPFlood holds that an answer without end is cut off.
func TestIMAPFlood(t *testing.T) {
	cfg := lie(t, map[string]string{"SEARCH": strings.Repeat("* SEARCH"+strings.Repeat(" 4000000000 1", 1000)+"\r\n", 6000)})
	cfg.MaxMessage, cfg.Timeout = 1000, time.Minute
	c, err := DialIMAP(t.Context(), cfg)
	if err != nil {
		t.Fatal(err)
	}
	defer c.conn.Close()
	if _, err := c.Examine(t.Context(), "list"); err != nil {
		t.Fatal(err)
	}
	if _, err := c.Above(t.Context(), 0); err == nil || !strings.Contains(err.Error(), "that are taken at a time") {
		t.Errorf("got %v", err)
	}
}

// TestIMAPSlow holds that a server that sends a byte now and then does not
// hold us longer than one that sends none.
func TestIMAPSlow(t *testing.T) {
	cfg := lie(t, map[string]string{"SEARCH": "drip* SEARCH 1 2 3\r\n%s OK done\r\n"})
	c, err := DialIMAP(t.Context(), cfg)
	if err != nil {
		t.Fatal(err)
	}
	defer c.conn.Close()
	if _, err := c.Examine(t.Context(), "list"); err != nil {
		t.Fatal(err)
	}
	began := time.Now()
	if _, err := c.Above(t.Context(), 0); err == nil || !strings.Contains(err.Error(), "UID SEARCH: no answer") || time.Since(began) > 5*time.Second {
		t.Errorf("after %s: %v", time.Since(began), err)
	}
}
