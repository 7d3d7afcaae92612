// Let the collector run by itself, under the load of as many allocating goroutines as there are
// processors, and report what the runtime says of its own pauses.
//
// A pause is one element of MemStats.PauseNs: all the time of one cycle in which the world is being
// stopped or is stopped, in every release the sum of the cycle's two stops.
package main

import (
	"fmt"
	"math"
	"os"
	"runtime"
	"runtime/debug"
	"sort"
	"strconv"
	"sync"
	"sync/atomic"
	"time"
)

const cycles = 100 // at most the 256 that PauseNs holds

// record takes 8 KiB with the header that releases from 1.22 give it: one pointer, which must be followed,
// and a payload.
type record struct {
	next *record
	_    [8176]byte
}

func setting(name string) int {
	value, err := strconv.Atoi(os.Getenv(name))
	if err != nil {
		panic(name + ": " + err.Error())
	}
	return value
}

// live makes a heap of that many MiB that stays.
func live(mib int) []*record {
	records := make([]*record, mib<<20/8192)
	for i := range records {
		records[i] = new(record)
		if i > 0 {
			records[i].next = records[i-1]
		}
	}
	return records
}

// churn allocates garbage with pointers in it, 1 KiB at a time, until told to stop.
func churn(stop *int32) {
	var ring [64][]*record
	for i := 0; atomic.LoadInt32(stop) == 0; i++ {
		ring[i%len(ring)] = make([]*record, 128)
	}
}

var sink uint64

// hold runs a loop that calls nothing for that long, again and again: without signals (asyncpreemptoff=1)
// nobody can stop it in between.
func hold(length time.Duration, stop *int32) {
	turns := uint64(1 << 20)
	for atomic.LoadInt32(stop) == 0 {
		begin := time.Now()
		x := sink
		for i := uint64(0); i < turns; i++ {
			x = x*6364136223846793005 + i
		}
		sink = x
		turns = turns * uint64(length) / uint64(time.Since(begin)+1)
		if turns > 1<<28 {
			turns = 1 << 28
		}
		if turns < 1<<10 {
			turns = 1 << 10
		}
		runtime.Gosched()
	}
}

func numGC() uint32 {
	var stats debug.GCStats
	debug.ReadGCStats(&stats)
	return uint32(stats.NumGC)
}

func report(metric string, value float64, unit string) {
	fmt.Printf("{\"metric\": %q, \"value\": %g, \"unit\": %q}\n", metric, value, unit)
}

func main() {
	debug.SetGCPercent(-1)
	heap := live(setting("LIVE_MIB"))
	debug.SetGCPercent(setting("GC_PERCENT"))
	runtime.GC()

	var stop int32
	var workers sync.WaitGroup
	start := func(f func()) {
		workers.Add(1)
		go func() {
			defer workers.Done()
			f()
		}()
	}
	first := numGC()
	for i := 0; i < runtime.GOMAXPROCS(0); i++ {
		start(func() { churn(&stop) })
	}
	if ms := setting("HOLD_MS"); ms > 0 {
		start(func() { hold(time.Duration(ms)*time.Millisecond, &stop) })
	}
	for numGC()-first < cycles {
		time.Sleep(time.Millisecond)
	}
	atomic.StoreInt32(&stop, 1)
	workers.Wait()

	var stats runtime.MemStats
	runtime.ReadMemStats(&stats)
	pauses := make([]float64, cycles)
	for i := range pauses {
		pauses[i] = float64(stats.PauseNs[(int(stats.NumGC)-1-i)%len(stats.PauseNs)])
	}
	sort.Float64s(pauses)
	rank := func(p float64) float64 { return pauses[int(math.Ceil(p*cycles))-1] / 1e6 }
	report("pause_p50", rank(0.50), "ms")
	report("pause_p99", rank(0.99), "ms")
	report("pause_max", pauses[cycles-1]/1e6, "ms")
	report("cycles", float64(stats.NumGC-first), "")
	runtime.KeepAlive(heap)
}
