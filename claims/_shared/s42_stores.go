// Command s42_stores times ways to set the head of a goroutine's list of deferred calls: one pointer, in a structure on the
// heap, at the place that it has in the runtime's g.
//
// All ways are timed in turn in one process, in short rounds, and the median of the rounds is printed. A loop holds eight stores, so
// that its own cost is shared by them; the empty loop's time is given per store too. The collector is off, as its write barrier is
// off most of the time.
//
// Two settings are for controls. SWAP=atomic puts the atomic store in the place of the plain and of the guarded ones.
// PRETEND is three numbers of nanoseconds with commas between them: in place of the plain, the atomic and the guarded stores
// the program does nothing until so much time has passed for each.
package main

import (
	"fmt"
	"log"
	"os"
	"runtime/debug"
	"sort"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"
	"unsafe"
)

const (
	unrolled = 8
	rounds   = 11
)

// record stands for the runtime's _defer.
type record struct {
	link *record
	rest [5]uintptr
}

// goroutine stands for the runtime's g: the head of the list lies 40 bytes into it.
type goroutine struct {
	stack    [5]uintptr
	deferred *record
	mu       sync.Mutex
	rest     [48]uintptr
}

//go:noinline
func empty(n int) {
	for i := 0; i < n; i++ {
	}
}

// pointers stores as runtime.deferproc does. The eight arguments are one and the same, which the compiler cannot know:
// of eight stores through one variable it would leave the last.
//
//go:noinline
func pointers(a, b, c, d, e, f, g, h *goroutine, r *record, n int) {
	for i := 0; i < n; i++ {
		a.deferred = r
		b.deferred = r
		c.deferred = r
		d.deferred = r
		e.deferred = r
		f.deferred = r
		g.deferred = r
		h.deferred = r
	}
}

// words stores as runtime.deferprocStack does: as a number, so without asking for the write barrier.
//
//go:noinline
func words(a, b, c, d, e, f, g, h *goroutine, r *record, n int) {
	for i := 0; i < n; i++ {
		*(*uintptr)(unsafe.Pointer(&a.deferred)) = uintptr(unsafe.Pointer(r))
		*(*uintptr)(unsafe.Pointer(&b.deferred)) = uintptr(unsafe.Pointer(r))
		*(*uintptr)(unsafe.Pointer(&c.deferred)) = uintptr(unsafe.Pointer(r))
		*(*uintptr)(unsafe.Pointer(&d.deferred)) = uintptr(unsafe.Pointer(r))
		*(*uintptr)(unsafe.Pointer(&e.deferred)) = uintptr(unsafe.Pointer(r))
		*(*uintptr)(unsafe.Pointer(&f.deferred)) = uintptr(unsafe.Pointer(r))
		*(*uintptr)(unsafe.Pointer(&g.deferred)) = uintptr(unsafe.Pointer(r))
		*(*uintptr)(unsafe.Pointer(&h.deferred)) = uintptr(unsafe.Pointer(r))
	}
}

//go:noinline
func atomics(g *goroutine, r *record, n int) {
	at := (*unsafe.Pointer)(unsafe.Pointer(&g.deferred))
	for i := 0; i < n; i++ {
		atomic.StorePointer(at, unsafe.Pointer(r))
		atomic.StorePointer(at, unsafe.Pointer(r))
		atomic.StorePointer(at, unsafe.Pointer(r))
		atomic.StorePointer(at, unsafe.Pointer(r))
		atomic.StorePointer(at, unsafe.Pointer(r))
		atomic.StorePointer(at, unsafe.Pointer(r))
		atomic.StorePointer(at, unsafe.Pointer(r))
		atomic.StorePointer(at, unsafe.Pointer(r))
	}
}

//go:noinline
func guarded(g *goroutine, r *record, n int) {
	for i := 0; i < n; i++ {
		g.mu.Lock()
		g.deferred = r
		g.mu.Unlock()
		g.mu.Lock()
		g.deferred = r
		g.mu.Unlock()
		g.mu.Lock()
		g.deferred = r
		g.mu.Unlock()
		g.mu.Lock()
		g.deferred = r
		g.mu.Unlock()
		g.mu.Lock()
		g.deferred = r
		g.mu.Unlock()
		g.mu.Lock()
		g.deferred = r
		g.mu.Unlock()
		g.mu.Lock()
		g.deferred = r
		g.mu.Unlock()
		g.mu.Lock()
		g.deferred = r
		g.mu.Unlock()
	}
}

// pretend waits as long as n times eight stores would take at so many nanoseconds each.
func pretend(ns float64, n int) {
	until := time.Duration(ns * unrolled * float64(n))
	for start := time.Now(); time.Since(start) < until; {
	}
}

type way struct {
	metric string
	n      int // iterations in a round; some tenths of a millisecond
	run    func(n int)
	times  []float64
}

func (w *way) median() float64 {
	sort.Float64s(w.times)
	return w.times[len(w.times)/2]
}

func main() {
	debug.SetGCPercent(-1)
	g, r := new(goroutine), new(record)
	ways := []*way{
		{metric: "empty_loop", n: 150000, run: empty},
		{metric: "pointer_store", n: 150000, run: func(n int) { pointers(g, g, g, g, g, g, g, g, r, n) }},
		{metric: "word_store", n: 150000, run: func(n int) { words(g, g, g, g, g, g, g, g, r, n) }},
		{metric: "atomic_store", n: 8000, run: func(n int) { atomics(g, r, n) }},
		{metric: "guarded_store", n: 4000, run: func(n int) { guarded(g, r, n) }},
	}
	if text := os.Getenv("PRETEND"); text != "" {
		figures := strings.Split(text, ",")
		for i, figure := range []int{0, 0, 1, 2} {
			ns, err := strconv.ParseFloat(figures[figure], 64)
			if err != nil {
				log.Fatal(err)
			}
			ways[i+1].run = func(n int) { pretend(ns, n) }
			ways[i+1].n = int(200000/(unrolled*ns)) + 1
		}
	}
	if os.Getenv("SWAP") == "atomic" {
		for _, i := range []int{1, 2, 4} {
			ways[i].n, ways[i].run = ways[3].n, ways[3].run
		}
	}
	for round := -1; round < rounds; round++ { // the first one warms up
		for _, w := range ways {
			start := time.Now()
			w.run(w.n)
			if spent := time.Since(start); round >= 0 {
				w.times = append(w.times, float64(spent.Nanoseconds())/float64(w.n*unrolled))
			}
		}
	}
	for _, w := range ways {
		fmt.Printf("{\"metric\": %q, \"value\": %.4f, \"unit\": \"ns\"}\n", w.metric, w.median())
	}
	plain, stored, locked := ways[1].median(), ways[3].median(), ways[4].median()
	fmt.Printf("{\"metric\": \"atomic_over_plain\", \"value\": %.3f}\n", stored/plain)
	fmt.Printf("{\"metric\": \"guarded_over_atomic\", \"value\": %.3f}\n", locked/stored)
	fmt.Printf("{\"metric\": \"guarded_over_plain\", \"value\": %.3f}\n", locked/plain)
}
