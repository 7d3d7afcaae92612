// Command hits registers a million deferred calls and counts for how many of them the runtime had to allocate a record, and
// how often that took a new span of memory. FROM says where the runtime takes records from (see s33_switch.go).
//
// WORK: one (each runs before the next is registered), at-once (all are pending in one frame), or the size in bytes of objects
// that are allocated in place of records.
package main

import (
	"fmt"
	"log"
	"os"
	"runtime"
	"runtime/debug"
)

const (
	million   = 1000000
	spanBytes = 8192 // of a span for objects of these sizes
)

type (
	object48 struct{ words [6]*int }
	object80 struct{ words [10]*int }
)

var (
	kept48 *object48
	kept80 *object80
)

func allocate(n int) {
	for i := 0; i < n; i++ {
		switch os.Args[1] {
		case "48":
			kept48 = new(object48)
		case "80":
			kept80 = new(object80)
		default:
			log.Fatalf("no such work: %q", os.Args[1])
		}
	}
}

func main() {
	runtime.GOMAXPROCS(1)
	debug.SetGCPercent(-1)
	takeRecordsFrom("FROM")
	work := func(n int) { allocate(n) }
	switch os.Args[1] {
	case "one":
		work = func(n int) {
			for i := 0; i < n; i++ {
				register(1, nothing)
			}
		}
	case "at-once":
		work = func(n int) { register(n, func() { runtime.ReadMemStats(&memory) }) }
	}
	// Which size class records are of.
	before := objects()
	if os.Args[1] == "48" || os.Args[1] == "80" {
		allocate(1000)
	} else {
		register(1000, nothing)
	}
	class, _ := mostSince(before)
	runtime.GC()

	before = objects()
	inUse := memory.HeapInuse
	work(million)
	after := objects()
	allocated := after[class] - before[class]
	fmt.Printf("{\"metric\": \"allocated\", \"value\": %d}\n", allocated)
	fmt.Printf("{\"metric\": \"pool_hits\", \"value\": %.4f, \"unit\": \"%%\"}\n", 100-100*float64(allocated)/million)
	if allocated > million/2 {
		spans := float64(memory.HeapInuse-inUse) / spanBytes
		fmt.Printf("{\"metric\": \"span_hits\", \"value\": %.4f, \"unit\": \"%%\"}\n", 100-100*spans/float64(allocated))
		fmt.Printf("{\"metric\": \"records_a_span\", \"value\": %.1f}\n", float64(allocated)/spans)
	}
}
