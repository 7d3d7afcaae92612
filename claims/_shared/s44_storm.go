// Command s44_storm lets goroutines defer all at once and says how long one deferred call takes, registering and running it:
//
//	s44_storm KIND GOROUTINES
//
// KIND is light (one defer in a function), short (eight defers in a loop, whose records fit in the pool of the processor),
// long (a hundred, so that records come from the pool that all processors share and go back to it), locked (no defer: a
// list of the program's own, for all goroutines, under one lock) or slow (a defer that takes as many microseconds as SLOW says).
//
// POOL, in the environment, changes the room in the pool of each processor to so many records, for controls. PHASES is the number of
// phases of each kind, 3 unless set.
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
	"syscall"
	"time"
)

const (
	phaseLength  = 3 * time.Millisecond
	settlingTime = 5 * time.Millisecond
	settlings    = 12
	looks        = 64 // batches between two looks at the clock
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

// number is a number in the environment, or what it is otherwise.
func number(name string, otherwise float64) float64 {
	text := os.Getenv(name)
	if text == "" {
		return otherwise
	}
	value, err := strconv.ParseFloat(text, 64)
	if err != nil {
		log.Fatal(err)
	}
	return value
}

var (
	phases = int(number("PHASES", 3))
	long   = time.Duration(number("SLOW", 0) * float64(time.Microsecond))
)

func pause() {
	for begin := time.Now(); time.Since(begin) < long; {
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

// compute returns a batch of work that shares nothing, not even a line of the cache. Its six rows of operations do not wait for each
// other, so that it needs the whole width of the core, as a deferred call does. A neighbour on the core's other hardware thread
// slows both; it would not slow a chain of operations that wait for each other anyway.
func compute() func() int64 {
	var own struct {
		_ [128]byte
		x [6]uint64
		_ [128]byte
	}
	return func() int64 {
		a, b, c, d, e, f := own.x[0], own.x[1], own.x[2], own.x[3], own.x[4], own.x[5]
		for i := uint64(0); i < 100; i++ {
			a += a>>7 ^ i
			b += b>>7 ^ i
			c += c>>7 ^ i
			d += d>>7 ^ i
			e += e>>7 ^ i
			f += f>>7 ^ i
		}
		own.x = [6]uint64{a, b, c, d, e, f}
		return 1
	}
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
}

// meet returns when so many goroutines have called it.
func meet(arrived *int32, goroutines int) {
	atomic.AddInt32(arrived, 1)
	for atomic.LoadInt32(arrived) < int32(goroutines) {
	}
}

// worked is the processor time that this process has had.
func worked() time.Duration {
	var usage syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &usage); err != nil {
		log.Fatal(err)
	}
	return time.Duration(usage.Utime.Nano() + usage.Stime.Nano())
}

// round is one phase of all goroutines together.
type round struct {
	arrived, over           int32
	operations, nanoseconds int64
}

// take runs a batch again and again until the round is over, and adds what it did. Whoever sees first that it is time ends
// the round: with every core at work, a sleeper would be woken late. For the same reason waiting is spinning here: threads
// that never sleep stay on cores of their own.
func (r *round) take(batch func() int64, goroutines int, length time.Duration) {
	meet(&r.arrived, goroutines)
	begin, done := time.Now(), int64(0)
	for n := 1; atomic.LoadInt32(&r.over) == 0; n++ {
		done += batch()
		if n%looks == 0 && time.Since(begin) > length {
			atomic.StoreInt32(&r.over, 1)
		}
	}
	atomic.AddInt64(&r.nanoseconds, int64(time.Since(begin)))
	atomic.AddInt64(&r.operations, done)
}

// mean is the time of one operation, in nanoseconds.
func (r *round) mean() float64 {
	return float64(r.nanoseconds) / float64(r.operations)
}

// storm lets so many goroutines go through phases of the kind and of computing in turn. Before that they compute until they
// have had as many cores as they are, since the kernel takes its time to spread threads.
func storm(kind worker, goroutines int) (ofKind, ofComputing []round) {
	ofKind, ofComputing = make([]round, phases), make([]round, phases)
	var all sync.WaitGroup
	var settling [settlings]round
	var met [settlings]int32
	var settled int32
	for i := 0; i < goroutines; i++ {
		all.Add(1)
		go func(first bool) {
			defer all.Done()
			batch, compute := kind(), compute()
			for try := range settling {
				begin, before := time.Now(), worked()
				settling[try].take(compute, goroutines, settlingTime)
				if first && worked()-before > time.Since(begin)*time.Duration(9*goroutines)/10 {
					atomic.StoreInt32(&settled, 1)
				}
				meet(&met[try], goroutines)
				if atomic.LoadInt32(&settled) == 1 {
					break
				}
			}
			for phase := range ofKind {
				ofKind[phase].take(batch, goroutines, phaseLength)
				ofComputing[phase].take(compute, goroutines, phaseLength)
			}
		}(i == 0)
	}
	all.Wait()
	return ofKind, ofComputing
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
	if size := int(number("POOL", 0)); size > 0 {
		pools := findPools()
		pools.resize(size)
	}
	var deferring, computing, relative []float64
	ofKind, ofComputing := storm(kind, goroutines)
	for i := range ofKind {
		d, c := ofKind[i].mean(), ofComputing[i].mean()
		deferring, computing, relative = append(deferring, d), append(computing, c), append(relative, d/c)
	}
	fmt.Printf("{\"metric\": \"defer_time\", \"value\": %.3f, \"unit\": \"ns\"}\n", median(deferring))
	fmt.Printf("{\"metric\": \"compute_time\", \"value\": %.3f, \"unit\": \"ns\"}\n", median(computing))
	fmt.Printf("{\"metric\": \"relative_time\", \"value\": %.5f}\n", median(relative))
}
