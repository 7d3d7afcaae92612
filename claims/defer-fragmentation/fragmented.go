// Command fragmented registers a million deferred calls and tells which share of the heap's spans in use holds no object:
// (HeapInuse - HeapAlloc) / HeapInuse of runtime.MemStats, the mean of a hundred readings. FROM says where the runtime takes
// records from (see s33_switch.go).
//
// HOW: short (each call runs before the next is registered), pending (all are registered in one frame), or mixed
// (goroutines take turns and register from 1 to 200 calls each time, so that records which lie side by side are freed at different
// times). For these the readings are spread evenly over the million calls, and the collector runs as by default.
//
// A number is a check: a hundred thousand calls of a thousand goroutines wait, of which so many per cent end; the readings come after that
// and a collection.
package main

import (
	"fmt"
	"os"
	"runtime"
	"strconv"
	"sync"
)

const (
	million  = 1000000
	readings = 100
	workers  = 1000
)

var (
	sum   float64
	taken int
	inUse uint64
	calls int
)

func read() {
	runtime.ReadMemStats(&memory)
	inUse = memory.HeapInuse
	sum += 100 * float64(memory.HeapInuse-memory.HeapAlloc) / float64(memory.HeapInuse)
	taken++
}

// called counts a registered call, and reads when a hundredth of the million is full.
func called() {
	if calls++; calls%(million/readings) == 0 {
		read()
	}
}

func short() {
	for i := 0; i < million; i++ {
		register(1, nothing)
		called()
	}
}

//go:noinline
func pending(n int, turn func()) {
	for i := 0; i < n; i++ {
		defer nothing()
		called()
		if i%10 == 0 {
			turn()
		}
	}
}

// mixed has goroutines register calls, in turns of ten, until there are a million. One processor is in use, so that only one runs.
func mixed() {
	var done sync.WaitGroup
	for k := 0; k < workers; k++ {
		done.Add(1)
		go func(seed uint32) {
			defer done.Done()
			for calls < million {
				seed = seed*1664525 + 1013904223
				pending(1+int(seed>>16)%200, runtime.Gosched)
			}
		}(uint32(k))
	}
	done.Wait()
}

// ending lets so many of a hundred goroutines end. The records of all of them lie mixed in the same spans.
func ending(percent float64) {
	var there, gone sync.WaitGroup
	end := make([]chan struct{}, workers)
	for k := range end {
		end[k] = make(chan struct{})
		there.Add(1)
		gone.Add(1)
		go func(k int) {
			defer gone.Done()
			waiting(100, func() {
				there.Done()
				<-end[k]
			})
		}(k)
	}
	there.Wait()
	left := 0.0
	for k := range end {
		if left += percent / 100; left >= 1 {
			left--
			close(end[k])
		} else {
			gone.Done()
		}
	}
	gone.Wait()
	runtime.GC()
	runtime.GC() // has swept all that the first one left
	for i := 0; i < readings; i++ {
		read()
	}
	runtime.KeepAlive(end)
}

//go:noinline
func waiting(n int, then func()) {
	for i := 0; i < n; i++ {
		defer nothing()
		runtime.Gosched()
	}
	then()
}

func main() {
	runtime.GOMAXPROCS(1)
	takeRecordsFrom("FROM")
	switch how := os.Getenv("HOW"); how {
	case "short":
		short()
	case "pending":
		pending(million, func() {})
	case "mixed":
		mixed()
	default:
		percent, err := strconv.ParseFloat(how, 64)
		if err != nil {
			panic(err)
		}
		ending(percent)
	}
	fmt.Printf("{\"metric\": \"fragmentation\", \"value\": %.2f, \"unit\": \"%%\"}\n", sum/float64(taken))
	fmt.Printf("{\"metric\": \"in_use\", \"value\": %d, \"unit\": \"B\"}\n", inUse)
	fmt.Printf("{\"metric\": \"readings\", \"value\": %d}\n", taken)
}
