// Command returned registers N deferred calls and lets them run, and then asks for as much memory again. WHAT says for
// what: calls (N deferred calls more; are new records allocated?) or objects (objects of a record's size; do they get the memory in
// which the records lay?). BETWEEN says what comes first: nothing, or a collection. PENDING=1 asks
// while the first calls are still pending.
package main

import (
	"log"
	"os"
	"runtime"
	"runtime/debug"
	"strconv"
	"unsafe"
)

// An object of the size classes that records have had: 48, 64, 80, 96 and 112 bytes.
type (
	object48  struct{ words [6]*int }
	object64  struct{ words [8]*int }
	object80  struct{ words [10]*int }
	object96  struct{ words [12]*int }
	object112 struct{ words [14]*int }
)

// tries is how many objects are asked for: more than fit into all memory that is free elsewhere.
const tries = 500000

var kept [tries]unsafe.Pointer

func object(size uint32) unsafe.Pointer {
	switch size {
	case 48:
		return unsafe.Pointer(new(object48))
	case 64:
		return unsafe.Pointer(new(object64))
	case 80:
		return unsafe.Pointer(new(object80))
	case 96:
		return unsafe.Pointer(new(object96))
	case 112:
		return unsafe.Pointer(new(object112))
	}
	log.Fatalf("no object of %d bytes", size)
	return nil
}

func main() {
	n, err := strconv.Atoi(os.Getenv("N"))
	if err != nil {
		log.Fatal(err)
	}
	runtime.GOMAXPROCS(1)
	debug.SetGCPercent(-1)
	v := openView()
	var here byte
	g := v.goroutineAt(uintptr(unsafe.Pointer(&here)))
	pending := os.Getenv("PENDING") != ""

	var class int
	var first, again, slots uint64
	addresses := map[uint64]bool{}
	ask := func() {
		switch os.Getenv("WHAT") {
		case "calls":
			before := objects()
			register(n, func() { again = objects()[class] - before[class] })
		case "objects":
			size := memory.BySize[class].Size
			for i := range kept {
				kept[i] = object(size)
				if addresses[uint64(uintptr(kept[i]))] {
					slots++
				}
			}
		default:
			log.Fatal("WHAT is neither calls nor objects")
		}
	}
	runtime.GC()
	register(1, nothing) // what the first registration of all needs
	before := objects()
	register(n, func() {
		class, first = mostSince(before)
		for _, record := range v.records(g)[:n] {
			addresses[record] = true
		}
		if pending {
			ask()
		}
	})
	if !pending {
		if os.Getenv("BETWEEN") == "collection" {
			runtime.GC()
			runtime.GC() // has swept all that the first one left
		}
		ask()
	}
	report("first", first, "")
	if os.Getenv("WHAT") == "calls" {
		report("again", again, "")
		report("back", float64(uint64(n)-again)/float64(n), "")
	} else {
		report("slots", slots, "")
		report("back", float64(slots)/float64(n), "")
	}
}
