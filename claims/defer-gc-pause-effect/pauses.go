// Command pauses takes the collector's pauses in a program that has registered deferred calls: a hundred thousand before each of
// several collections, or as many as CALLS says.
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
)

const collections = 9

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
		switch when {
		case "none":
			for j := 0; j < calls; j++ {
				call()
			}
			pause()
		case "short":
			for j := 0; j < calls; j++ {
				register(1, nothing)
			}
			pause()
		case "lots":
			register(calls, nothing)
			pause()
		default:
			log.Fatal("WHEN is neither short nor lots")
		}
	}
	sort.Float64s(pauses)
	fmt.Printf("{\"metric\": \"pause\", \"value\": %.0f, \"unit\": \"ns\"}\n", pauses[len(pauses)/2])
	fmt.Printf("{\"metric\": \"longest\", \"value\": %.0f, \"unit\": \"ns\"}\n", pauses[len(pauses)-1])
}
