// Change one thing, the live heap, and see which of gctrace's three times follows; and see in which
// part of a cycle another goroutine runs.
//
// Usage: GODEBUG=gctrace=1 grow TRACE 2>TRACE
package main

import (
	"fmt"
	"io/ioutil"
	"math"
	"os"
	"regexp"
	"runtime"
	"runtime/debug"
	"sort"
	"strconv"
	"sync/atomic"
	"time"
)

const (
	small  = 1 << 16
	large  = 1 << 20
	cycles = 5
	// A goroutine that runs reads the clock all the time; a longer gap means that it did not run.
	gapFloor = 50 * time.Microsecond
	// It notes where it was in between: no two notes lie closer together than this.
	notesApart = 10 * time.Microsecond
)

type object struct {
	next *object
	_    [3]uint64
}

// cycle is one line of the trace: the three times of the clock, in ns, and when the program asked for it.
type cycle struct {
	asked int64
	clock [3]int64
}

func (c cycle) outer() int64 { return c.clock[0] + c.clock[2] }

type gap struct{ from, to int64 }

// watcher is a goroutine that only notes when it ran and when it did not.
type watcher struct {
	begin   time.Time
	started int32
	stop    int32
	gaps    []gap
	notes   []int64
	done    chan struct{}
}

func (w *watcher) now() int64 { return int64(time.Since(w.begin)) }

func (w *watcher) run() {
	last, noted := w.now(), int64(0)
	for atomic.LoadInt32(&w.stop) == 0 {
		now := w.now()
		if now-last > int64(gapFloor) && len(w.gaps) < cap(w.gaps) {
			w.gaps = append(w.gaps, gap{last, now})
		}
		last = now
		if now-noted >= int64(notesApart) && len(w.notes) < cap(w.notes) {
			w.notes = append(w.notes, now)
			noted = now
		}
		atomic.StoreInt32(&w.started, 1)
	}
	close(w.done)
}

// ran is how long the watcher ran between two moments.
func (w *watcher) ran(from, to int64) int64 {
	ran := to - from
	for _, g := range w.gaps {
		low, high := g.from, g.to
		if low < from {
			low = from
		}
		if high > to {
			high = to
		}
		if high > low {
			ran -= high - low
		}
	}
	return ran
}

// notesIn is how many notes the watcher made between two moments.
func (w *watcher) notesIn(from, to int64) (total int) {
	for _, note := range w.notes {
		if from < note && note < to {
			total++
		}
	}
	return total
}

// readTrace waits for as many lines as there were cycles: a line is printed after the program runs again.
func readTrace(trace string, asked []int64) []cycle {
	pattern := regexp.MustCompile(`(?m)^gc .*?: ([\d.]+)\+([\d.]+)\+([\d.]+) ms clock,.*\n`)
	for deadline := time.Now().Add(5 * time.Second); time.Now().Before(deadline); time.Sleep(time.Millisecond) {
		text, err := ioutil.ReadFile(trace)
		if err != nil {
			panic(err)
		}
		lines := pattern.FindAllSubmatch(text, -1)
		if len(lines) != len(asked) {
			continue
		}
		found := make([]cycle, len(lines))
		for i, line := range lines {
			found[i].asked = asked[i]
			for j := range found[i].clock {
				ms, err := strconv.ParseFloat(string(line[j+1]), 64)
				if err != nil {
					panic(err)
				}
				found[i].clock[j] = int64(ms * 1e6)
			}
		}
		return found
	}
	panic("the trace does not hold a line for every cycle")
}

func median(cycles []cycle, part func(cycle) int64) float64 {
	values := make([]int64, len(cycles))
	for i, c := range cycles {
		values[i] = part(c)
	}
	sort.Slice(values, func(i, j int) bool { return values[i] < values[j] })
	return float64(values[len(values)/2])
}

func report(metric string, value float64, unit string) {
	fmt.Printf("{\"metric\": %q, \"value\": %g, \"unit\": %q}\n", metric, value, unit)
}

func grow(live []*object, to int) []*object {
	for len(live) < to {
		live = append(live, new(object))
	}
	return live
}

func main() {
	debug.SetGCPercent(-1)
	w := &watcher{begin: time.Now(), gaps: make([]gap, 0, 1<<16), notes: make([]int64, 0, 1<<20), done: make(chan struct{})}
	go w.run()
	for atomic.LoadInt32(&w.started) == 0 {
		runtime.Gosched()
	}

	asked := make([]int64, 0, 2*cycles)
	var live []*object
	for _, size := range []int{small, large} {
		live = grow(live, size)
		for i := 0; i < cycles; i++ {
			asked = append(asked, w.now())
			runtime.GC()
			time.Sleep(time.Millisecond)
		}
	}
	atomic.StoreInt32(&w.stop, 1)
	<-w.done

	found := readTrace(os.Args[1], asked)
	before, after := found[:cycles], found[cycles:]
	middle := func(c cycle) int64 { return c.clock[1] }
	growth := func(part func(cycle) int64) float64 { return math.Max(0, median(after, part)-median(before, part)) }
	inMiddle, added := growth(middle), growth(middle)+growth(cycle.outer)
	report("middle_small_heap", median(before, middle)/1e6, "ms")
	report("middle_large_heap", median(after, middle)/1e6, "ms")
	report("outer_small_heap", median(before, cycle.outer)/1e6, "ms")
	report("outer_large_heap", median(after, cycle.outer)/1e6, "ms")
	report("growth_in_middle", 100*inMiddle/math.Max(added, 1), "%")
	for _, c := range after {
		from := c.asked + c.clock[0]
		ran := w.ran(from, from+c.clock[1])
		fmt.Printf("{\"metric\": \"notes_in_middle\", \"value\": %d}\n", w.notesIn(from, from+c.clock[1]))
		report("running_share", 100*float64(ran)/float64(c.clock[1]), "%")
	}
	runtime.KeepAlive(live)
}
