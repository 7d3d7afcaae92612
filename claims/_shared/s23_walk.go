// Command walk lets the collector walk lists of pending defers and prints how long each walk took, or which share of
// marking the walks were, or how many of their hops went to memory. It must be built with a runtime that has been given
// clocks (s23_walkclock.go), and therefore imports that runtime and nothing else: every package on top of it would have
// to be compiled again. Run it with GOGC=off: it collects where it says so, and nowhere else.
//
// What is walked is the program's one argument:
//
//	longer     one list of n records, n doubling from 1,000 to 64,000
//	square     n/500 lists of n records each, n from 500 to 16,000
//	scattered  one list of n records in mixed order, n from 1,000 to 1,024,000, four times as many each time
//	in-order   the same lengths, with records in the order in which a loop makes them
//	ten        one list of 10,000 records, as a loop makes it
//	slow       the same, the runtime being made to wait within each walk until 1.4 ms have passed
//	cold       one list of 10,000 records in mixed order with others between them; the caches are emptied before each collection
//	thousand   the same with 1,000 records
//	alone      two lists of 10,000 records, and nothing else alive
//	twelfth    the same, and eleven other objects for each record
//	rarer      the same, and 22 other objects for each record
//	tenth      the same, and so many other objects that the walks come to a tenth of marking on the machine at hand
//	hops       how many hops along 10,000 records go to memory: as in cold
//	hops-warm  the same without emptying the caches
//	hops-in-order  the same as hops with records as a loop makes them
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

//go:linkname walkNear runtime.deferWalkNear
var walkNear uint64

// walkLeast is how many nanoseconds each walk of a list that is not empty lasts at least.
//
//go:linkname walkLeast runtime.deferWalkLeast
var walkLeast int64

//go:linkname drainNanos runtime.deferDrainNanos
var drainNanos uint64

// hopTicks counts hops by the ticks that they took, in steps of 8, where the runtime has a clock for hops.
//
//go:linkname hopTicks runtime.deferHops
var hopTicks [1024]uint32

// arguments are those of the command line, the program's own name first.
//
//go:linkname arguments runtime.deferArguments
func arguments() []string

func nothing() {}

// ---- lists -----------------------------------------------------------------------------------------------

// place is how the records of a list lie in memory, and what is done before each collection.
type place struct {
	mix    int // of so many free records in mixed order one comes into the list; 0 for new ones, in order
	before func()
}

// strewn: other records of their size lie between those of the list.
const strewn = 4

// lists is goroutines that have calls pending until they are released.
type lists struct {
	count, n int
	release  chan bool
}

func hold(n int, ready chan<- bool, release <-chan bool) {
	for i := 0; i < n; i++ {
		defer nothing()
	}
	ready <- true
	<-release
}

func pending(count, n int, where place) lists {
	if where.mix > 0 {
		mix(where.mix * count * n)
	}
	l := lists{count, n, make(chan bool)}
	ready := make(chan bool)
	for i := 0; i < count; i++ {
		go hold(n, ready, l.release)
		<-ready
	}
	runtime.GC()
	return l
}

// collect runs one collection, and makes sure that it has walked the lists.
func (l lists) collect() {
	records, walks := walkRecords, walkLists
	runtime.GC()
	if walkLists-walks != uint64(l.count) || walkRecords-records != uint64(l.count*l.n) {
		println("lists", walkLists-walks, "records", walkRecords-records)
		panic("the collection did not walk what was pending")
	}
}

// end releases them. Two collections take the records out of the pool and sweep them, so that the next list is a new one.
func (l lists) end() {
	for i := 0; i < l.count; i++ {
		l.release <- true
	}
	runtime.GC()
	runtime.GC()
}

// holdOnDemand defers one call for each true that it is sent, and returns at the first false.
func holdOnDemand(more <-chan bool, done chan<- bool) {
	defer func() { done <- true }()
	for <-more {
		defer nothing()
	}
}

// mix fills the pool of free records with n of them in mixed order: 64 goroutines take turns at random in
// registering them, and give them back one goroutine after the other. So a list that is made from the pool leads
// through memory in jumps. No collection may come in between, since it empties the pool.
func mix(n int) {
	const holders = 64
	var more [holders]chan bool
	done := make(chan bool)
	for i := range more {
		more[i] = make(chan bool)
		go holdOnDemand(more[i], done)
	}
	random := uint32(1)
	for i := 0; i < n; i++ {
		random ^= random << 13
		random ^= random >> 17
		random ^= random << 5
		more[random%holders] <- true
	}
	for i := range more {
		more[i] <- false
		<-done
	}
}

// elsewhere is more memory than the last level of cache holds.
var elsewhere []byte

// emptyCaches reads through it, so that next to nothing else is left in the caches.
func emptyCaches() {
	if elsewhere == nil {
		elsewhere = make([]byte, 128<<20)
		for i := range elsewhere {
			elsewhere[i] = byte(i)
		}
	}
	sum := byte(0)
	for i := 0; i < len(elsewhere); i += 64 {
		sum += elsewhere[i]
	}
	elsewhere[0] = sum
}

// ---- times -----------------------------------------------------------------------------------------------

// measure prints the time that one collection spends in walking so many lists of n records: the median. And how many of
// the hops lead to a record close by, not more than two cache lines away.
func measure(count, n, collections int, where place) {
	l := pending(count, n, where)
	near := walkNear
	times := make([]uint64, 0, collections)
	for i := 0; i < collections; i++ {
		if where.before != nil {
			where.before()
		}
		nanos := walkNanos
		l.collect()
		times = append(times, walkNanos-nanos)
	}
	near = walkNear - near
	l.end()
	print(`{"metric": "walk", "value": `, median(times), `, "unit": "ns", "n": `, n, "}\n")
	percent("near", near, uint64(collections*count*n))
}

func median(times []uint64) uint64 {
	for i := range times {
		for j := i; j > 0 && times[j] < times[j-1]; j-- {
			times[j], times[j-1] = times[j-1], times[j]
		}
	}
	return times[len(times)/2]
}

// percent prints a share with three digits.
func percent(metric string, part, whole uint64) {
	thousandths := part * 100000 / whole
	print(`{"metric": "`, metric, `", "unit": "%", "value": `, thousandths/1000, ".", thousandths/100%10,
		thousandths/10%10, thousandths%10, "}\n")
}

// ---- shares ----------------------------------------------------------------------------------------------

// object is about as large as a record, and leads to the next one as a record does.
type object struct {
	_    [5]uintptr
	next *object
}

var live [2]*object

// share returns the time of the walks of two lists of n records and the time of all marking, beside so many other objects
// for each goroutine: the medians of 11 collections.
func share(n, others int) (walks, marking uint64) {
	l := pending(len(live), n, place{})
	for i := range live {
		for j := 0; j < others; j++ {
			live[i] = &object{next: live[i]}
		}
	}
	runtime.GC()
	walked, marked := make([]uint64, 11), make([]uint64, 11)
	for i := range walked {
		nanos, drained := walkNanos, drainNanos
		runtime.GC()
		walked[i], marked[i] = walkNanos-nanos, drainNanos-drained
	}
	live = [2]*object{}
	l.end()
	return median(walked), median(marked)
}

func reportShare(n, others int) {
	walks, marking := share(n, others)
	percent("walk_share", walks, marking)
	print(`{"metric": "mark_time", "unit": "ns", "value": `, marking, "}\n")
	percent("records_among_objects", uint64(n), uint64(n+others))
}

// othersForTenth returns beside how many other objects the walks of lists of n records come to a tenth of marking here.
// The time of marking grows by the same for each of them, which two numbers of them tell.
func othersForTenth(n int) int {
	_, alone := share(n, 0)
	walks, beside := share(n, 12*n)
	return 12 * n * int(10*walks-alone) / int(beside-alone)
}

// ---- hops ------------------------------------------------------------------------------------------------

// hops returns how long the hops along a list took, by the clock of 3 collections.
func hops(n int, where place) (ticks [1024]uint32) {
	l := pending(1, n, where)
	hopTicks = [1024]uint32{}
	for i := 0; i < 3; i++ {
		if where.before != nil {
			where.before()
		}
		l.collect()
	}
	ticks = hopTicks
	l.end()
	return ticks
}

func sum(ticks []uint32) (all uint64) {
	for _, count := range ticks {
		all += uint64(count)
	}
	return all
}

// middle is the median in steps.
func middle(ticks [1024]uint32) int {
	for i := range ticks {
		if 2*sum(ticks[:i+1]) >= sum(ticks[:]) {
			return i
		}
	}
	panic("no hop was clocked")
}

// reportHops prints how many of the hops took longer than half of a hop to memory. How long that takes tells a list of
// 20,000 records with the caches emptied: the median. A hop in the caches, along a list that fits into the second level, has to take
// less than half of that; otherwise "unclear" is printed.
func reportHops(where place) {
	cached := middle(hops(4000, place{mix: strewn}))
	memory := middle(hops(20000, place{mix: strewn, before: emptyCaches}))
	limit := memory / 2
	if cached >= limit {
		print("unclear\n")
	}
	ticks := hops(10000, where)
	print(`{"metric": "hop_cached", "value": `, 8*cached, "}\n")
	print(`{"metric": "hop_memory", "value": `, 8*memory, "}\n")
	print(`{"metric": "hop", "value": `, 8*middle(ticks), "}\n")
	percent("hop_against_cached", uint64(middle(ticks)), uint64(cached))
	percent("miss_share", sum(ticks[limit:]), sum(ticks[:]))
}

func main() {
	runtime.GOMAXPROCS(1)
	shape := ""
	if given := arguments(); len(given) > 1 {
		shape = given[1]
	}
	switch shape {
	case "longer":
		for n := 1000; n <= 64000; n *= 2 {
			measure(1, n, 7, place{})
		}
	case "square":
		for n := 500; n <= 16000; n *= 2 {
			measure(n/500, n, 3, place{})
		}
	case "scattered":
		for n := 1000; n <= 1024000; n *= 4 {
			measure(1, n, 3, place{mix: 1})
		}
	case "in-order":
		for n := 1000; n <= 1024000; n *= 4 {
			measure(1, n, 3, place{})
		}
	case "ten":
		measure(1, 10000, 31, place{})
	case "slow":
		walkLeast = 1400000
		measure(1, 10000, 31, place{})
	case "cold":
		measure(1, 10000, 7, place{mix: strewn, before: emptyCaches})
	case "thousand":
		measure(1, 1000, 7, place{mix: strewn, before: emptyCaches})
	case "alone":
		reportShare(10000, 0)
	case "twelfth":
		reportShare(10000, 11*10000)
	case "rarer":
		reportShare(10000, 22*10000)
	case "tenth":
		reportShare(10000, othersForTenth(10000))
	case "hops":
		reportHops(place{mix: strewn, before: emptyCaches})
	case "hops-warm":
		reportHops(place{mix: strewn})
	case "hops-in-order":
		reportHops(place{before: emptyCaches})
	default:
		panic("no such shape: " + shape)
	}
}
