// Command pauses takes the collector's pauses in a program that has registered deferred calls: a hundred thousand before each of
// several collections, or as many as CALLS says.
//
// Each of them begins the same time after the collection before it, however long the calls took: the rest of that time the program
// calls a function directly. On each other core a goroutine computes all the time, so that no idle core has to be woken for the
// collection: with idle cores the ratio of two programs' pauses was 0.95 in one run and 1.26 half an hour later.
//
// FROM says where the runtime takes records from (see s33_switch.go), or none: the functions are called and not deferred. WHEN: short
// (each call runs before the next is registered) or lots (all are registered in one frame and have run when the collection comes).
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

const (
	collections = 9
	between     = 20 * time.Millisecond // from one collection to the next
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
	calls, err := strconv.Atoi(os.Getenv("CALLS"))
	if err != nil {
		log.Fatal(err)
	}
	for i := 1; i < runtime.GOMAXPROCS(0); i++ {
		go func() {
			for {
				call()
			}
		}()
	}
	var pauses []float64
	pause := func() { pauses = append(pauses, collect()) }
	when := os.Getenv("WHEN")
	if os.Getenv("FROM") == "none" {
		when = "none"
	} else {
		takeRecordsFrom("FROM")
	}
	for i := 0; i < collections; i++ {
		collect() // none of the records is left in the central pool
		begin := time.Now()
		switch when {
		case "none":
			for j := 0; j < calls; j++ {
				call()
			}
		case "short":
			for j := 0; j < calls; j++ {
				register(1, nothing)
			}
		case "lots":
			register(calls, nothing)
		default:
			log.Fatal("WHEN is neither short nor lots")
		}
		if time.Since(begin) > between {
			log.Print("the calls took longer than the time between collections")
			os.Exit(75)
		}
		for time.Since(begin) < between {
			call()
		}
		pause()
	}
	sort.Float64s(pauses)
	fmt.Printf("{\"metric\": \"pause\", \"value\": %.0f, \"unit\": \"ns\"}\n", pauses[len(pauses)/2])
	fmt.Printf("{\"metric\": \"longest\", \"value\": %.0f, \"unit\": \"ns\"}\n", pauses[len(pauses)-1])
}
