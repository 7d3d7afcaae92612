// Exchange pointers between two places of the heap, at random, while the collector marks it.
//
// This is the case that a concurrent collector must guard against: the program moves the only
// pointer to an object that is not marked yet (white) to a place that has been scanned already
// (black). Without a write barrier the collector never sees the object, and frees it alive.
//
// Usage: GODEBUG=gctrace=1,clobberfree=1 exchange CYCLES TRACE 2>TRACE
//
// clobberfree overwrites what is freed, so that a loss shows. After a loss the heap is no longer
// sound, so a program built without barriers gets one cycle only.
package main

import (
	"fmt"
	"io/ioutil"
	"os"
	"regexp"
	"runtime"
	"runtime/debug"
	"strconv"
	"sync/atomic"
	"time"
)

const (
	count     = 1 << 20
	signature = 0x600d600d600d600d
	// A program that runs reads the clock every few microseconds; a longer gap means that it did not run.
	gapFloor = 50 * time.Microsecond
	// How many exchanges lie between two looks at the clock.
	batch = 32
)

// object is 32 bytes: too large for the tiny allocator, so that each one lives and dies alone.
type object struct {
	signature uint64
	_         [3]uint64
}

type gap struct{ from, to int64 }

//go:noinline
func exchangePointers(slots []*object, i, j int) {
	slots[i], slots[j] = slots[j], slots[i]
}

//go:noinline
func exchangeNumbers(slots []int, i, j int) {
	slots[i], slots[j] = slots[j], slots[i]
}

// mutator exchanges until told to stop, and notes when it ran and when it did not.
type mutator struct {
	slots   []*object
	started int32
	stop    int32
	begin   time.Time
	gaps    []gap
	looks   []int64 // when it looked at the clock; every look follows a batch of exchanges
	done    chan struct{}
}

func (m *mutator) run() {
	random := uint64(88172645463325252)
	last := int64(0)
	for atomic.LoadInt32(&m.stop) == 0 {
		for n := 0; n < batch; n++ {
			random ^= random << 13
			random ^= random >> 7
			random ^= random << 17
			exchangePointers(m.slots, int(random%count), int((random>>32)%count))
		}
		now := int64(time.Since(m.begin))
		if now-last > int64(gapFloor) && len(m.gaps) < cap(m.gaps) {
			m.gaps = append(m.gaps, gap{last, now})
		}
		last = now
		if len(m.looks) < cap(m.looks) {
			m.looks = append(m.looks, now)
		}
		atomic.StoreInt32(&m.started, 1)
	}
	close(m.done)
}

// exchanges is how many the mutator finished between two moments.
func (m *mutator) exchanges(from, to int64) (total int) {
	for _, look := range m.looks {
		if from < look && look < to {
			total += batch
		}
	}
	return total
}

// idle is how long the mutator did not run between two moments.
func (m *mutator) idle(from, to int64) (total int64) {
	for _, g := range m.gaps {
		low, high := g.from, g.to
		if low < from {
			low = from
		}
		if high > to {
			high = to
		}
		if high > low {
			total += high - low
		}
	}
	return total
}

// window is one mark phase, in ns since the mutator's begin.
type window struct{ from, to int64 }

// markPhases reads the lines of GODEBUG=gctrace=1, when there are as many as there were cycles: a line is
// printed after the program runs again. Marking begins after the first figure of the clock (a stop),
// counted from the call of runtime.GC, and lasts for the second.
func markPhases(trace string, calls []int64) []window {
	pattern := regexp.MustCompile(`(?m)^gc .*?: ([\d.]+)\+([\d.]+)\+[\d.]+ ms clock,.*\n`)
	for deadline := time.Now().Add(5 * time.Second); time.Now().Before(deadline); time.Sleep(time.Millisecond) {
		text, err := ioutil.ReadFile(trace)
		if err != nil {
			panic(err)
		}
		lines := pattern.FindAllSubmatch(text, -1)
		if len(lines) != len(calls) {
			continue
		}
		windows := make([]window, len(lines))
		for i, line := range lines {
			stop, mark := nanoseconds(line[1]), nanoseconds(line[2])
			windows[i] = window{calls[i] + stop, calls[i] + stop + mark}
		}
		return windows
	}
	panic("the trace does not hold a line for every cycle")
}

func nanoseconds(ms []byte) int64 {
	figure, err := strconv.ParseFloat(string(ms), 64)
	if err != nil {
		panic(err)
	}
	return int64(figure * 1e6)
}

func report(metric string, value float64, unit string) {
	fmt.Printf("{\"metric\": %q, \"value\": %g, \"unit\": %q}\n", metric, value, unit)
}

func main() {
	cycles, err := strconv.Atoi(os.Args[1])
	if err != nil {
		panic(err)
	}
	debug.SetGCPercent(-1)
	slots := make([]*object, count)
	for i := range slots {
		slots[i] = &object{signature: signature}
	}
	m := &mutator{slots: slots, begin: time.Now(), gaps: make([]gap, 0, 1<<16), looks: make([]int64, 0, 1<<20), done: make(chan struct{})}
	go m.run()
	for atomic.LoadInt32(&m.started) == 0 {
		runtime.Gosched()
	}

	calls := make([]int64, cycles)
	for i := range calls {
		calls[i] = int64(time.Since(m.begin))
		runtime.GC() // begins at once, since nothing is left to sweep, and returns when all is swept
		time.Sleep(time.Millisecond)
	}
	atomic.StoreInt32(&m.stop, 1)
	<-m.done

	lost := 0
	for _, o := range slots {
		if o.signature != signature {
			lost++
		}
	}
	numbers := []int{1, 2}
	exchangeNumbers(numbers, 0, 1)
	runtime.KeepAlive(numbers)

	fmt.Printf("{\"metric\": \"lost_objects\", \"value\": %d}\n", lost)
	fmt.Printf("{\"metric\": \"loses_objects\", \"value\": %t}\n", lost > 0)
	for _, w := range markPhases(os.Args[2], calls) {
		length := w.to - w.from
		report("mark_phase", float64(length)/1e6, "ms")
		ran := length - m.idle(w.from, w.to)
		fmt.Printf("{\"metric\": \"exchanges_while_marking\", \"value\": %d}\n", m.exchanges(w.from, w.to))
		report("running_share", 100*float64(ran)/float64(length), "%")
	}
}
