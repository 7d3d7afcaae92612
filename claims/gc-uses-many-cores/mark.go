// Mark a heap that waits for it: nothing else runs, so all of the processors are the collector's.
//
// Usage: GODEBUG=gctrace=1 GOMAXPROCS=N CHARGED=N SHAPE=tree mark TRACE 2>TRACE
package main

import (
	"fmt"
	"io/ioutil"
	"os"
	"regexp"
	"runtime"
	"runtime/debug"
	"sort"
	"strconv"
	"time"
)

const (
	objects = 3 << 20
	cycles  = 3
)

// object is 32 bytes with two pointers.
type object struct {
	left, right *object
	_           [2]uint64
}

// tree is bushy: an object leads to two more, so there is work for many from the first levels on.
func tree(count int) *object {
	if count == 0 {
		return nil
	}
	o := new(object)
	o.left = tree((count - 1) / 2)
	o.right = tree(count - 1 - (count-1)/2)
	return o
}

// list leads from each object to one more: there is never work for more than one.
func list(count int) *object {
	var head *object
	for i := 0; i < count; i++ {
		head = &object{left: head}
	}
	return head
}

func shape() *object {
	switch os.Getenv("SHAPE") {
	case "tree":
		return tree(objects)
	case "list":
		return list(objects)
	}
	panic("SHAPE must be tree or list")
}

// marks reads the middle figures, in ms, when there are as many lines as there were cycles: a line is
// printed after the program runs again.
func marks(trace string) []float64 {
	pattern := regexp.MustCompile(`(?m)^gc .*?: [\d.]+\+([\d.]+)\+[\d.]+ ms clock,.*\n`)
	for deadline := time.Now().Add(5 * time.Second); time.Now().Before(deadline); time.Sleep(time.Millisecond) {
		text, err := ioutil.ReadFile(trace)
		if err != nil {
			panic(err)
		}
		lines := pattern.FindAllSubmatch(text, -1)
		if len(lines) != cycles+1 {
			continue
		}
		found := make([]float64, cycles)
		for i := range found {
			if found[i], err = strconv.ParseFloat(string(lines[i+1][1]), 64); err != nil {
				panic(err)
			}
		}
		return found
	}
	panic("the trace does not hold a line for every cycle")
}

func report(metric string, value float64, unit string) {
	fmt.Printf("{\"metric\": %q, \"value\": %g, \"unit\": %q}\n", metric, value, unit)
}

func main() {
	debug.SetGCPercent(-1)
	heap := shape()
	// The first cycle is not counted: it starts the workers.
	for i := 0; i < cycles+1; i++ {
		runtime.GC()
		time.Sleep(time.Millisecond)
	}
	runtime.KeepAlive(heap)

	// CHARGED is how many cores the time is charged for; GOMAXPROCS is how many the collector may use.
	cores, err := strconv.Atoi(os.Getenv("CHARGED"))
	if err != nil {
		panic("CHARGED: " + err.Error())
	}
	found := marks(os.Args[1])
	sort.Float64s(found)
	mark := found[len(found)/2]
	report("mark_phase", mark, "ms")
	report("mark_core_time", mark*float64(cores), "ms")
}
