// Command sources registers N deferred calls in a loop, ROUNDS times over, and tells for each record where
// newdefer took it from, by looking at the pools before and after. The first round fills them and is not counted.
// Besides, it reads in the runtime's source where newdefer takes a lock.
package main

import (
	"log"
	"os"
	"runtime"
	"runtime/debug"
	"strconv"
)

var count int

func tick() { count++ }

// taken counts records by where they came from.
var taken struct {
	local   int // the pool of this P had one
	central int // it had none, and was filled from the list that all Ps share
	heap    int // neither had one
}

func register(v *view, n int) {
	for i := 0; i < n; i++ {
		local, central := v.localPoolSize(), v.centralPoolHead()
		defer tick()
		switch left := v.localPoolSize(); {
		case local > 0 && left == local-1:
			taken.local++
		case local == 0 && central != 0:
			taken.central++
		case local == 0 && left == 0:
			taken.heap++
		default:
			log.Fatalf("the pool went from %d to %d records by one defer", local, left)
		}
	}
}

func number(name string) int {
	n, err := strconv.Atoi(os.Getenv(name))
	if err != nil {
		log.Fatalf("%s: %v", name, err)
	}
	return n
}

func main() {
	reportLocks()
	n, rounds := number("N"), number("ROUNDS")
	runtime.GOMAXPROCS(1)
	debug.SetGCPercent(-1)
	v := openView()
	register(v, n)
	taken.local, taken.central, taken.heap = 0, 0, 0
	for i := 0; i < rounds; i++ {
		register(v, n)
	}
	report("from_local", taken.local, "")
	report("from_central", taken.central, "")
	report("from_heap", taken.heap, "")
	report("local_share", float64(taken.local)/float64(n*rounds), "")
}
