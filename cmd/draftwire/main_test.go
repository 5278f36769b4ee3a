package main

// This file makes the test binary able to be the program itself: scripts call
// it by the name draftwire, and tests that need a process to signal or to kill
// start it again with runMain set.

import (
	"os"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"
)

// runMain is the environment variable that turns the test binary into draftwire.
const runMain = "DRAFTWIRE_RUN_MAIN"

func TestMain(m *testing.M) {
	if os.Getenv(runMain) == "1" {
		main() // exits
	}
	testscript.Main(m, map[string]func(){"draftwire": main})
}
