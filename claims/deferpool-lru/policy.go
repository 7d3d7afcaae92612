// Command policy watches how the pools of defer records give and take. MODE says what is watched:
//
//	next      in what order records that were freed are used again
//	given-up  which records the full pool of a P gives to the list that all Ps share
//	queue     as next, but of a channel with a buffer, which hands out what has lain free longest (a check)
//	full      as given-up, of such a channel (a check)
//
// BLOCKS says what memory is allocated after that, to see how much comes at once: records, or large objects (a check).
//
// The order of freeing is known: deferred calls run from the head of the list, and each record is freed with its call.
package main

import (
	"log"
	"os"
	"runtime"
	"runtime/debug"
	"unsafe"
)

var (
	v     *view
	g     uint64
	count int
)

func tick() { count++ }

// register defers n calls and returns their records, the newest first, after all of them have run.
func register(n int) []uint64 {
	var list []uint64
	func() {
		for i := 0; i < n; i++ {
			defer tick()
		}
		list = v.records(g)[:n]
	}()
	return list
}

// drained calls body while all records that were free are in use.
func drained(body func()) {
	free := len(v.localPool()) + len(v.centralPool())
	for i := 0; i < free; i++ {
		defer tick()
	}
	if len(v.localPool()) != 0 || v.centralPoolHead() != 0 {
		log.Fatal("the pools are not empty")
	}
	body()
}

// order tells in what order records that were freed, the first one first, were taken again.
func order(freed, taken []uint64) string {
	oldest, newest := true, true
	for i := range taken {
		oldest = oldest && taken[i] == freed[i]
		newest = newest && taken[i] == freed[len(freed)-1-i]
	}
	return name(oldest, newest)
}

func name(oldest, newest bool) string {
	switch {
	case oldest && !newest:
		return "least recently freed first"
	case newest && !oldest:
		return "most recently freed first"
	}
	return "neither"
}

func reversed(list []uint64) []uint64 {
	var turned []uint64
	for i := len(list) - 1; i >= 0; i-- {
		turned = append(turned, list[i])
	}
	return turned
}

// next frees 8 records and has 8 calls deferred again.
func next() {
	drained(func() {
		// The newest is the first to run. What is taken comes in the order of registering.
		freed := register(8)
		taken := reversed(register(8))
		report("order", order(freed, taken), "")
	})
}

// queue does the same with a list of free things as programs make it: a channel with a buffer.
func queue() {
	free := make(chan uint64, 8)
	var freed, taken []uint64
	for i := uint64(1); i <= 8; i++ {
		freed = append(freed, i)
		free <- i
	}
	for len(free) > 0 {
		taken = append(taken, <-free)
	}
	report("order", order(freed, taken), "")
}

// fullQueue has the channel give up half of what it holds when it is full.
func fullQueue() {
	free := make(chan uint64, 32)
	var freed, gone []uint64
	for i := uint64(1); i <= 33; i++ {
		if len(free) == cap(free) {
			for len(free) > cap(free)/2 {
				gone = append(gone, <-free)
			}
		}
		freed = append(freed, i)
		free <- i
	}
	report("order", order(freed[:32], gone), "")
	report("moved", len(gone), "")
	report("kept", len(free), "")
}

// givenUp frees records until the pool, which holds 32, has to give some of them up.
func givenUp() {
	drained(func() {
		freed := register(33)
		shared := map[uint64]bool{}
		for _, record := range v.centralPool() {
			shared[record] = true
		}
		moved := len(shared)
		oldest, newest := moved > 0, moved > 0
		for i := 0; i < moved; i++ {
			oldest = oldest && shared[freed[i]]
			newest = newest && shared[freed[31-i]] // the 33rd came after the move
		}
		report("order", name(oldest, newest), "")
		report("moved", moved, "")
		report("kept", len(v.localPool()), "")
	})
}

// large is more than the allocator hands out of a span that has others in it.
type large [64 << 10]byte

var keptLarge [1000]*large

// batch tells for how many of a thousand blocks of memory the allocator takes memory at once: by how many times the spans in
// use have grown meanwhile. The blocks are records, or objects in their place.
func batch(blocks string) {
	const n = 1000
	takes, inUse := 0, uint64(0)
	var stats runtime.MemStats
	look := func() {
		runtime.ReadMemStats(&stats)
		if stats.HeapInuse > inUse {
			takes++
		}
		inUse = stats.HeapInuse
	}
	drained(func() {
		look()
		takes = 0
		switch blocks {
		case "records":
			for i := 0; i < n; i++ {
				defer tick()
				look()
			}
		case "large":
			for i := range keptLarge {
				keptLarge[i] = new(large)
				look()
			}
		default:
			log.Fatalf("unknown BLOCKS %q", blocks)
		}
	})
	report("batch", float64(n)/float64(takes), "")
}

func main() {
	modes := map[string]func(){"next": next, "given-up": givenUp, "queue": queue, "full": fullQueue}
	watch, known := modes[os.Getenv("MODE")]
	if !known {
		log.Fatalf("unknown MODE %q", os.Getenv("MODE"))
	}
	runtime.GOMAXPROCS(1)
	debug.SetGCPercent(-1)
	v = openView()
	var here byte
	g = v.goroutineAt(uintptr(unsafe.Pointer(&here)))
	watch()
	batch(os.Getenv("BLOCKS"))
}
