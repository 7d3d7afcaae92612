// Command policy watches how the pools of defer records give and take. MODE says what is watched:
//
//	next      in what order records that were freed are used again
//	given-up  which records the full pool of a P gives to the list that all Ps share
//	made      how many records there are more after newdefer found no free one
//	refill    the same where the list that all Ps share has free ones, and the P's pool has none (a check)
//	queue     as next, but of a queue in this program, which hands out what has lain free longest (a check)
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

// queue does the same with numbers and a queue.
func queue() {
	var free, taken []uint64
	for i := uint64(1); i <= 8; i++ {
		free = append(free, i)
	}
	freed := append([]uint64(nil), free...)
	for len(free) > 0 {
		taken, free = append(taken, free[0]), free[1:]
	}
	report("order", order(freed, taken), "")
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

// atOnce has one call deferred while the P's pool is empty, and returns how many records there are more: the one
// in use, those in the P's pool, and those by which the shared list became longer.
func atOnce() int {
	if len(v.localPool()) != 0 {
		log.Fatal("the pool is not empty")
	}
	shared := len(v.centralPool())
	for i := 0; i < 1; i++ {
		defer tick()
	}
	more := 1 + len(v.localPool())
	if now := len(v.centralPool()); now > shared {
		more += now - shared
	}
	return more
}

// refill has one call deferred where the P's pool is empty and the shared list is not.
func refill() {
	drained(func() {
		register(33) // which makes the full pool give some to the shared list
		for i := len(v.localPool()); i > 0; i-- {
			defer tick()
		}
		report("made", atOnce(), "")
	})
}

// made has one call deferred where no record is free, and then many.
func made() {
	drained(func() { report("made", atOnce(), "") })
	const n = 1000
	var before, after runtime.MemStats
	drained(func() {
		runtime.ReadMemStats(&before)
		for i := 0; i < n; i++ {
			defer tick()
		}
		runtime.ReadMemStats(&after)
	})
	report("objects_each", float64(after.Mallocs-before.Mallocs)/n, "")
}

func main() {
	modes := map[string]func(){"next": next, "given-up": givenUp, "made": made, "refill": refill, "queue": queue}
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
}
