// Command hits registers a million deferred calls and counts for how many of them the runtime had to allocate a
// record, and how many spans of memory that took.
//
// WORK: one (each runs before the next is registered), at-once (all are pending in one frame), plain (objects
// of a record's size, allocated in place of records).
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
	spanBytes = 8192 // of a span for objects of a record's size
)

type object struct{ words [6]*int }

var kept *object

func main() {
	runtime.GOMAXPROCS(1)
	debug.SetGCPercent(-1)
	// Which size class records are of.
	var class int
	before := objects()
	register(1000, func() { class, _ = mostSince(before) })
	runtime.GC()

	before = objects()
	inUse := memory.HeapInuse
	var after [61]uint64
	switch os.Getenv("WORK") {
	case "one":
		for i := 0; i < million; i++ {
			register(1, nothing)
		}
		after = objects()
	case "at-once":
		register(million, func() { after = objects() })
	case "plain":
		class, _ = classOfObject()
		before = objects()
		for i := 0; i < million; i++ {
			kept = new(object)
		}
		after = objects()
	default:
		log.Fatalf("no such work: %q", os.Getenv("WORK"))
	}
	allocated := after[class] - before[class]
	spans := float64(memory.HeapInuse-inUse) / spanBytes
	fmt.Printf("{\"metric\": \"allocated\", \"value\": %d}\n", allocated)
	fmt.Printf("{\"metric\": \"pool_hits\", \"value\": %.4f, \"unit\": \"%%\"}\n", 100-100*float64(allocated)/million)
	if allocated > million/2 {
		fmt.Printf("{\"metric\": \"span_hits\", \"value\": %.4f, \"unit\": \"%%\"}\n", 100-100*spans/float64(allocated))
		fmt.Printf("{\"metric\": \"records_a_span\", \"value\": %.1f}\n", float64(allocated)/spans)
	}
}

// classOfObject tells of which class the objects are.
func classOfObject() (class int, count uint64) {
	before := objects()
	for i := 0; i < 1000; i++ {
		kept = new(object)
	}
	return mostSince(before)
}
