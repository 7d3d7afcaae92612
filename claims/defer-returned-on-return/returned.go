// Command returned registers deferred calls twice and counts how many records the runtime allocates for them:
// the second time after the function that registered the first has returned. PENDING=1 registers the
// second lot while the first is still pending.
package main

import (
	"fmt"
	"os"
	"runtime"
	"runtime/debug"
)

func main() {
	runtime.GOMAXPROCS(1)
	debug.SetGCPercent(-1)
	pending := os.Getenv("PENDING") != ""

	twice := func(name string, n int, between func()) {
		var class int
		var first, again uint64
		runtime.GC()
		register(1, func() {}) // what the first registration of all needs
		count := func() {
			before := objects()
			register(n, func() { again = objects()[class] - before[class] })
		}
		before := objects()
		register(n, func() {
			class, first = mostSince(before)
			if pending {
				count()
			}
		})
		if !pending {
			between()
			count()
		}
		fmt.Printf("{\"metric\": \"%s_first\", \"value\": %d}\n", name, first)
		fmt.Printf("{\"metric\": \"%s_again\", \"value\": %d}\n", name, again)
	}
	nothing := func() {}
	// The ten first: the pool of a processor keeps up to 32 records for good.
	twice("ten", 10, nothing)
	twice("many", 10000, nothing)
	twice("collected", 10000, runtime.GC)
}
