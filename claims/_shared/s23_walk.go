// Command walk lets the collector walk lists of pending defers and prints how long each walk took. It must be
// built with a runtime that has been given a clock (s23_walkclock.go), and therefore imports that runtime and
// nothing else: every package on top of it would have to be compiled again.
//
// What is walked is set by the linker, -X main.shape=...:
//
//	longer     one list of n records, n doubling from 1,000 to 64,000
//	more       n/1,000 lists of 1,000 records each, for the same n
//	square     n/500 lists of n records each, n from 500 to 16,000
//	ten        one list of 10,000 records
//	hundred    one list of 100 records
//	counted    one list of 10,000 records, walked many times
//	hot        one list of 40,000 records, walked many times
//	alone      two lists of 10,000 records, and nothing else alive
//	tenth      the same, and nine other objects of that size for each record
//	absent     two goroutines without a defer, and as many other objects as in the shape before
//
// The last three print which share of marking the walks were.
package main

import (
	"runtime"
	_ "unsafe" // for go:linkname
)

//go:linkname walkNanos runtime.deferWalkNanos
var walkNanos uint64

//go:linkname walkRecords runtime.deferWalkRecords
var walkRecords uint64

//go:linkname walkLists runtime.deferWalkLists
var walkLists uint64

//go:linkname drainNanos runtime.deferDrainNanos
var drainNanos uint64

// object is about as large as a record, and leads to the next one as a record does.
type object struct {
	_    [5]uintptr
	next *object
}

var live [2]*object

var shape = "longer"

func nothing() {}

// hold has n deferred calls pending until it is released.
func hold(n int, ready chan<- bool, release <-chan bool) {
	for i := 0; i < n; i++ {
		defer nothing()
	}
	ready <- true
	<-release
}

// measure returns the time that one collection spends in walking `lists` lists of n records: the median.
func measure(lists, n, collections int) uint64 {
	ready, release := make(chan bool), make(chan bool)
	for i := 0; i < lists; i++ {
		go hold(n, ready, release)
		<-ready
	}
	runtime.GC()
	times := make([]uint64, 0, collections)
	for i := 0; i < collections; i++ {
		nanos, records, walks := walkNanos, walkRecords, walkLists
		runtime.GC()
		if walkLists-walks != uint64(lists) || walkRecords-records != uint64(lists*n) {
			println("lists", walkLists-walks, "records", walkRecords-records)
			panic("the collection did not walk what was pending")
		}
		times = append(times, walkNanos-nanos)
	}
	for i := 0; i < lists; i++ {
		release <- true
	}
	// Two collections take the records out of the pool and sweep them, so that the next list is a new one.
	runtime.GC()
	runtime.GC()
	for i := range times {
		for j := i; j > 0 && times[j] < times[j-1]; j-- {
			times[j], times[j-1] = times[j-1], times[j]
		}
	}
	return times[len(times)/2]
}

func report(n int, nanos uint64) {
	print(`{"metric": "walk", "value": `, nanos, `, "unit": "ns", "n": `, n, "}\n")
}

// share prints which share of marking the walks of two lists of n records take, beside `others` other objects for each
// goroutine: all of it in 10 collections, as a percentage with three digits.
func share(n, others int) {
	ready, release := make(chan bool), make(chan bool)
	for i := range live {
		go hold(n, ready, release)
		<-ready
		for j := 0; j < others; j++ {
			live[i] = &object{next: live[i]}
		}
	}
	runtime.GC()
	nanos, drained := walkNanos, drainNanos
	for i := 0; i < 10; i++ {
		runtime.GC()
	}
	nanos, drained = walkNanos-nanos, drainNanos-drained
	thousandths := nanos * 100000 / drained
	print(`{"metric": "walk_share", "unit": "%", "value": `, thousandths/1000, ".", thousandths/100%10,
		thousandths/10%10, thousandths%10, "}\n")
	print(`{"metric": "mark_time", "unit": "ns", "value": `, drained/10, "}\n")
}

func main() {
	runtime.GOMAXPROCS(1)
	switch shape {
	case "longer":
		for n := 1000; n <= 64000; n *= 2 {
			report(n, measure(1, n, 7))
		}
	case "more":
		for n := 1000; n <= 64000; n *= 2 {
			report(n, measure(n/1000, 1000, 7))
		}
	case "square":
		for n := 500; n <= 16000; n *= 2 {
			report(n, measure(n/500, n, 3))
		}
	case "ten":
		report(10000, measure(1, 10000, 31))
	case "hundred":
		report(100, measure(1, 100, 31))
	case "counted":
		measure(1, 10000, 300)
	case "hot":
		measure(1, 40000, 100)
	case "alone":
		share(10000, 0)
	case "tenth":
		share(10000, 90000)
	case "absent":
		share(0, 90000)
	default:
		panic("no such shape: " + shape)
	}
}
