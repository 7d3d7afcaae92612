// Command pauses takes the collector's pauses in a program that has registered deferred calls: a hundred
// thousand before each of several collections.
//
// RECORDS: none (the functions are called and not deferred), reused (each call runs before the next is registered, so
// that one record serves all), allocated (all at once, with no record there). WHEN: pending (the collection comes while
// they wait) or returned (it comes when they have run).
package main

import (
	"fmt"
	"log"
	"os"
	"runtime"
	"runtime/debug"
	"sort"
)

const (
	calls       = 100000
	collections = 9
)

// collect returns for how long this collection stopped the program, in nanoseconds: both its stops.
func collect() float64 {
	runtime.GC()
	runtime.ReadMemStats(&memory)
	return float64(memory.PauseNs[(memory.NumGC+255)%256])
}

//go:noinline
func call() {}

func main() {
	debug.SetGCPercent(-1)
	var pauses []float64
	pause := func() { pauses = append(pauses, collect()) }
	for i := 0; i < collections; i++ {
		collect() // none of the records is left in the central pool
		switch os.Getenv("RECORDS") {
		case "none":
			for j := 0; j < calls; j++ {
				call()
			}
			pause()
		case "reused":
			for j := 1; j < calls; j++ {
				register(1, nothing)
			}
			if os.Getenv("WHEN") == "pending" {
				register(1, pause)
			} else {
				register(1, nothing)
				pause()
			}
		case "allocated":
			if os.Getenv("WHEN") == "pending" {
				register(calls, pause)
			} else {
				register(calls, nothing)
				pause()
			}
		default:
			log.Fatal("RECORDS is none of none, reused, allocated")
		}
	}
	sort.Float64s(pauses)
	fmt.Printf("{\"metric\": \"pause\", \"value\": %.0f, \"unit\": \"ns\"}\n", pauses[len(pauses)/2])
	fmt.Printf("{\"metric\": \"longest\", \"value\": %.0f, \"unit\": \"ns\"}\n", pauses[len(pauses)-1])
}
