// Command deferring times a function that has N calls done at its end. MODE says how:
//
//	loop       one defer statement in the loop
//	collected  the loop fills a slice, and one deferred function goes through it
//	known      not at all: it spins for SPIN, a check of the clock
//
// FORM says what the collected form does with its slice: `each` calls fmt.Printf for each item, as the other form
// does; `once` formats all items into one buffer and writes that. Output goes to /dev/null. The median of
// ROUNDS calls is printed, and the same for a deferred function that only counts.
package main

import (
	"bytes"
	"fmt"
	"log"
	"os"
	"sort"
	"strconv"
	"time"
)

var count int

func tick(i int) { count += i }

func loop(n int) {
	for i := 0; i < n; i++ {
		defer fmt.Printf("done %d\n", i)
	}
}

func collected(n int) {
	var list []int
	defer func() {
		for i := len(list) - 1; i >= 0; i-- {
			fmt.Printf("done %d\n", list[i])
		}
	}()
	for i := 0; i < n; i++ {
		list = append(list, i)
	}
}

func collectedOnce(n int) {
	var list []int
	defer func() {
		var buffer bytes.Buffer
		for i := len(list) - 1; i >= 0; i-- {
			fmt.Fprintf(&buffer, "done %d\n", list[i])
		}
		if _, err := os.Stdout.Write(buffer.Bytes()); err != nil {
			log.Fatal(err)
		}
	}()
	for i := 0; i < n; i++ {
		list = append(list, i)
	}
}

func loopTick(n int) {
	for i := 0; i < n; i++ {
		defer tick(i)
	}
}

func collectedTick(n int) {
	var list []int
	defer func() {
		for i := len(list) - 1; i >= 0; i-- {
			tick(list[i])
		}
	}()
	for i := 0; i < n; i++ {
		list = append(list, i)
	}
}

// spin lasts as long as it is told, whatever n is.
func spin(duration time.Duration) func(int) {
	return func(int) {
		for start := time.Now(); time.Since(start) < duration; {
		}
	}
}

func number(name string) int {
	n, err := strconv.Atoi(os.Getenv(name))
	if err != nil {
		log.Fatalf("%s: %v", name, err)
	}
	return n
}

// median calls body so many times and returns the median of its times in nanoseconds.
func median(body func(int), n, rounds int) int64 {
	var times []int64
	for i := 0; i < rounds; i++ {
		start := time.Now()
		body(n)
		times = append(times, time.Since(start).Nanoseconds())
	}
	sort.Slice(times, func(i, j int) bool { return times[i] < times[j] })
	return times[len(times)/2]
}

func main() {
	n, rounds := number("N"), number("ROUNDS")
	results := os.Stdout
	null, err := os.OpenFile(os.DevNull, os.O_WRONLY, 0)
	if err != nil {
		log.Fatal(err)
	}
	os.Stdout = null

	var full, counting func(int)
	switch mode, form := os.Getenv("MODE"), os.Getenv("FORM"); {
	case mode == "loop":
		full, counting = loop, loopTick
	case mode == "collected" && form == "each":
		full, counting = collected, collectedTick
	case mode == "collected" && form == "once":
		full, counting = collectedOnce, collectedTick
	case mode == "known":
		duration, err := time.ParseDuration(os.Getenv("SPIN"))
		if err != nil {
			log.Fatalf("SPIN: %v", err)
		}
		full, counting = spin(duration), spin(duration)
	default:
		log.Fatalf("unknown MODE %q or FORM %q", mode, form)
	}
	fmt.Fprintf(results, "{\"metric\": \"call\", \"value\": %d, \"unit\": \"ns\"}\n", median(full, n, rounds))
	fmt.Fprintf(results, "{\"metric\": \"counting\", \"value\": %d, \"unit\": \"ns\"}\n", median(counting, n, rounds))
}
