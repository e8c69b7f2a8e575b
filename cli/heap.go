package cli

import (
	"os"
	"runtime/debug"
)

// How far the heap may grow before garbage is collected, in per cent of what
// is live. GOGC has the last word.
const (
	// leanGC is while both sides of a sync are in memory: they are live, all of
	// them, and letting the heap double for the sake of fewer collections would
	// double what a run takes.
	leanGC = 40
	// roomyGC is for a server that follows nothing: a few MiB are live and every
	// call makes garbage, so that collections are what it would mostly do.
	roomyGC = 200
)

func collectGarbageAt(percent int) {
	if os.Getenv("GOGC") == "" {
		debug.SetGCPercent(percent)
	}
}
