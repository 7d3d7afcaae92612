// Command fragmented registers a million deferred calls at once and tells which share of the heap's spans in use holds no
// object: (HeapInuse - HeapAlloc) / HeapInuse of runtime.MemStats, after a collection.
//
// WHEN: pending (the calls have not run) or returned (they have). KNOWN, a percentage, has a million objects of 48
// bytes allocated instead and this share of them, spread evenly, let go.
package main

import (
	"fmt"
	"log"
	"os"
	"runtime"
	"strconv"
)

const million = 1000000

type object struct{ words [6]*int }

var kept []*object

func report() {
	runtime.GC()
	runtime.GC() // has swept all that the first one left
	runtime.ReadMemStats(&memory)
	free := memory.HeapInuse - memory.HeapAlloc
	fmt.Printf("{\"metric\": \"in_use\", \"value\": %d, \"unit\": \"B\"}\n", memory.HeapInuse)
	fmt.Printf("{\"metric\": \"fragmentation\", \"value\": %.2f, \"unit\": \"%%\"}\n", 100*float64(free)/float64(memory.HeapInuse))
}

func main() {
	record, err := layoutOf("runtime._defer")
	if err != nil {
		log.Fatal(err)
	}
	if text := os.Getenv("KNOWN"); text != "" {
		share, err := strconv.ParseFloat(text, 64)
		if err != nil {
			log.Fatal(err)
		}
		kept = make([]*object, million)
		for i := range kept {
			kept[i] = new(object)
		}
		// The list itself is part of the heap, so the share of the objects is a little larger than that of the whole.
		gone := share / 100 * (1 + 8.0/48)
		for i, sum := 0, 0.0; i < million; i++ {
			if sum += gone; sum >= 1 {
				sum--
				kept[i] = nil
			}
		}
		report()
		runtime.KeepAlive(kept)
	} else if os.Getenv("WHEN") == "pending" {
		register(million, report)
	} else {
		register(million, nothing)
		report()
	}
	class := uint64(0)
	for _, size := range memory.BySize {
		if class == 0 && uint64(size.Size) >= uint64(record.ByteSize) {
			class = uint64(size.Size)
		}
	}
	fmt.Printf("{\"metric\": \"unused_in_class\", \"value\": %.2f, \"unit\": \"%%\"}\n", 100*float64(class-uint64(record.ByteSize))/float64(class))
}
