// Command longer shows, with the runtime as it is, how much longer a collection takes when 10,000 defers are
// pending in one goroutine: their walk, and all else that the collector does because the records are there.
package main

import (
	"fmt"
	"runtime"
	"sort"
	"time"
)

func nothing() {}

func hold(n int, ready chan<- bool, release <-chan bool) {
	for i := 0; i < n; i++ {
		defer nothing()
	}
	ready <- true
	<-release
}

// collection is how long a collection takes with n defers pending, in ns: the median.
func collection(n int) float64 {
	ready, release := make(chan bool), make(chan bool)
	go hold(n, ready, release)
	<-ready
	runtime.GC()
	var times []float64
	for i := 0; i < 7; i++ {
		begin := time.Now()
		runtime.GC()
		times = append(times, float64(time.Since(begin)))
	}
	release <- true
	sort.Float64s(times)
	return times[len(times)/2]
}

func main() {
	runtime.GOMAXPROCS(1)
	collection(0)
	var longer []float64
	for i := 0; i < 3; i++ {
		without := collection(0)
		longer = append(longer, collection(10000)-without)
	}
	sort.Float64s(longer)
	fmt.Printf("{\"metric\": \"collection_longer\", \"value\": %.0f, \"unit\": \"ns\"}\n", longer[1])
}
