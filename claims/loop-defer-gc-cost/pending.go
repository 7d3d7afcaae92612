// Command pending times forced collections while a function has N items of work left for its end, and
// prints the median of ROUNDS of them. MODE says where the items are:
//
//	loop        in deferred calls, one for each round of a loop
//	operations  in a slice of functions that hold the same values, which one deferred call goes through
//	collected   in a slice of numbers, which one deferred call goes through
package main

import (
	"fmt"
	"log"
	"os"
	"runtime"
	"runtime/debug"
	"sort"
	"strconv"
	"time"
)

func loop(n int, look func()) {
	for i := 0; i < n; i++ {
		defer fmt.Printf("item %d\n", i)
	}
	look()
}

func operations(n int, look func()) {
	var list []func()
	defer func() {
		for i := len(list) - 1; i >= 0; i-- {
			list[i]()
		}
	}()
	for i := 0; i < n; i++ {
		var boxed interface{} = i // now, as a deferred call evaluates its arguments
		list = append(list, func() { fmt.Printf("item %d\n", boxed) })
	}
	look()
}

func collected(n int, look func()) {
	var list []int
	defer func() {
		for i := len(list) - 1; i >= 0; i-- {
			fmt.Printf("item %d\n", list[i])
		}
	}()
	for i := 0; i < n; i++ {
		list = append(list, i)
	}
	look()
}

func number(name string) int {
	n, err := strconv.Atoi(os.Getenv(name))
	if err != nil {
		log.Fatalf("%s: %v", name, err)
	}
	return n
}

func main() {
	n, rounds := number("N"), number("ROUNDS")
	bodies := map[string]func(int, func()){"loop": loop, "operations": operations, "collected": collected}
	body, known := bodies[os.Getenv("MODE")]
	if !known {
		log.Fatalf("unknown MODE %q", os.Getenv("MODE"))
	}
	results := os.Stdout
	null, err := os.OpenFile(os.DevNull, os.O_WRONLY, 0)
	if err != nil {
		log.Fatal(err)
	}
	os.Stdout = null

	debug.SetGCPercent(-1) // collect only where it is said below
	times := make([]int64, rounds)
	var stats runtime.MemStats
	body(n, func() {
		runtime.GC() // what lies about from before goes with this one
		for i := range times {
			start := time.Now()
			runtime.GC()
			times[i] = time.Since(start).Nanoseconds()
		}
		runtime.ReadMemStats(&stats)
	})
	sort.Slice(times, func(i, j int) bool { return times[i] < times[j] })
	fmt.Fprintf(results, "{\"metric\": \"cycle\", \"value\": %d, \"unit\": \"ns\"}\n", times[rounds/2])
	fmt.Fprintf(results, "{\"metric\": \"live_heap\", \"value\": %d, \"unit\": \"B\"}\n", stats.HeapAlloc)
	fmt.Fprintf(results, "{\"metric\": \"live_objects\", \"value\": %d}\n", stats.HeapObjects)
}
