// Command storm lets goroutines defer all at once and says how long one deferred call takes, registering and running it:
//
//	storm KIND GOROUTINES
//
// KIND is light (one defer in a function), short (eight defers in a loop, whose records fit in the pool of the processor),
// long (a hundred, so that records come from the pool that all processors share and go back to it), locked (no defer: a
// list of the program's own, for all goroutines, under one lock) or slow (a defer that takes 12.3 microseconds).
//
// Phases of deferring take turns with phases of computing, with as many goroutines, so that what cores take
// from each other in any case can be told from what defers do.
package main

import (
	"fmt"
	"log"
	"os"
	"runtime/debug"
	"sort"
	"strconv"
	"sync"
	"sync/atomic"
	"time"
)

const (
	phases      = 3
	phaseLength = 8 * time.Millisecond
)

//go:noinline
func nothing() {}

//go:noinline
func light() {
	defer nothing()
}

//go:noinline
func inLoop(n int) {
	for i := 0; i < n; i++ {
		defer nothing()
	}
}

func pause() {
	for begin := time.Now(); time.Since(begin) < 12300*time.Nanosecond; {
	}
}

//go:noinline
func slow() {
	defer pause()
}

type element struct {
	next *element
	call func()
}

var (
	lock sync.Mutex
	list *element
)

// locked registers a call on the one list and runs the first that is there.
//
//go:noinline
func locked(own *element) {
	own.call = nothing
	lock.Lock()
	own.next, list = list, own
	lock.Unlock()
	lock.Lock()
	first := list
	list = first.next
	lock.Unlock()
	first.call()
}

var sink uint64

// compute is work that shares nothing.
//
//go:noinline
func compute(x uint64) uint64 {
	for i := 0; i < 100; i++ {
		x = x*6364136223846793005 + 1442695040888963407
	}
	return x
}

// worker returns a function that does a batch of something and says how many times it did it.
type worker func() func() int64

func repeat(times int64, each func()) func() int64 {
	return func() int64 {
		for i := int64(0); i < times; i++ {
			each()
		}
		return times
	}
}

var kinds = map[string]worker{
	"light": func() func() int64 { return repeat(1000, light) },
	"short": func() func() int64 { return func() int64 { inLoop(8); return 8 } },
	"long":  func() func() int64 { return func() int64 { inLoop(100); return 100 } },
	"slow":  func() func() int64 { return repeat(10, slow) },
	"locked": func() func() int64 {
		return func() int64 {
			for i := 0; i < 100; i++ {
				locked(new(element))
			}
			return 100
		}
	},
	"compute": func() func() int64 {
		x := uint64(1)
		return func() int64 { x = compute(x); atomic.StoreUint64(&sink, x); return 1 }
	},
}

// phase runs the kind in so many goroutines and returns the mean time of one operation, in nanoseconds.
func phase(kind worker, goroutines int) float64 {
	var all sync.WaitGroup
	var stop int32
	var operations, nanoseconds int64
	start := make(chan struct{})
	for i := 0; i < goroutines; i++ {
		all.Add(1)
		go func() {
			defer all.Done()
			batch := kind()
			batch()
			<-start
			begin, done := time.Now(), int64(0)
			for atomic.LoadInt32(&stop) == 0 {
				done += batch()
			}
			atomic.AddInt64(&nanoseconds, int64(time.Since(begin)))
			atomic.AddInt64(&operations, done)
		}()
	}
	close(start)
	time.Sleep(phaseLength)
	atomic.StoreInt32(&stop, 1)
	all.Wait()
	return float64(nanoseconds) / float64(operations)
}

func median(values []float64) float64 {
	sort.Float64s(values)
	return values[len(values)/2]
}

func main() {
	debug.SetGCPercent(-1) // the collector empties the pools
	kind, known := kinds[os.Args[1]]
	goroutines, err := strconv.Atoi(os.Args[2])
	if !known || err != nil {
		log.Fatalf("%q", os.Args)
	}
	var deferring, computing, relative []float64
	for i := 0; i < phases; i++ {
		d := phase(kind, goroutines)
		c := phase(kinds["compute"], goroutines)
		deferring, computing, relative = append(deferring, d), append(computing, c), append(relative, d/c)
	}
	fmt.Printf("{\"metric\": \"defer_time\", \"value\": %.3f, \"unit\": \"ns\"}\n", median(deferring))
	fmt.Printf("{\"metric\": \"compute_time\", \"value\": %.3f, \"unit\": \"ns\"}\n", median(computing))
	fmt.Printf("{\"metric\": \"relative_time\", \"value\": %.5f}\n", median(relative))
}
