// Command deferring times a function that has N calls done at its end. MODE says how:
//
//	loop       one defer statement in the loop
//	collected  the loop fills a slice, and one deferred function goes through it
//	known      not at all: it spins for SPIN, a check of the clock
//
// FORM says what the collected form does with its slice: `each` calls fmt.Printf for each item, as the other form
// does; `once` formats all items into one buffer and writes that. SINK says where output goes: `null` is /dev/null; `file`
// a file, which is emptied before each call; `pipe` a pipe that another process reads to its end, as a shell arranges it. The
// median of ROUNDS calls is printed, and the same for a deferred function that only counts.
package main

import (
	"bytes"
	"fmt"
	"log"
	"os"
	"os/exec"
	"sort"
	"strconv"
	"syscall"
	"time"
)

var count int

func tick(i int) { count += i }

func loop(n int) {
	for i := 0; i < n; i++ {
		defer fmt.Printf("item %d\n", i)
	}
}

func collected(n int) {
	var list []int
	defer func() {
		for i := len(list) - 1; i >= 0; i-- {
			fmt.Printf("item %d\n", list[i])
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
			fmt.Fprintf(&buffer, "item %d\n", list[i])
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

// sink is where output goes. Before each call it is made ready, and in the end it is closed.
type sink struct {
	file  *os.File
	ready func()
	end   func()
}

func nothing() {}

func must(err error) {
	if err != nil {
		log.Fatal(err)
	}
}

func open(kind string) sink {
	switch kind {
	case "null":
		null, err := os.OpenFile(os.DevNull, os.O_WRONLY, 0)
		must(err)
		return sink{null, nothing, nothing}
	case "file":
		file, err := os.Create("output")
		must(err)
		return sink{file, func() {
			must(file.Truncate(0))
			_, err := file.Seek(0, 0)
			must(err)
		}, nothing}
	case "pipe":
		// As a shell makes it: os.Pipe would let the writes go through the runtime's poller.
		var ends [2]int
		must(syscall.Pipe2(ends[:], syscall.O_CLOEXEC))
		reader, writer := os.NewFile(uintptr(ends[0]), "pipe"), os.NewFile(uintptr(ends[1]), "pipe")
		cat := exec.Command("cat") // its output goes to /dev/null
		cat.Stdin = reader
		must(cat.Start())
		must(reader.Close())
		return sink{writer, nothing, func() {
			must(writer.Close())
			must(cat.Wait())
		}}
	}
	log.Fatalf("unknown SINK %q", kind)
	return sink{}
}

// median calls body so many times and returns the median of its times in nanoseconds.
func median(body func(int), n, rounds int, ready func()) int64 {
	var times []int64
	for i := 0; i < rounds; i++ {
		ready()
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
	output := open(os.Getenv("SINK"))
	os.Stdout = output.file

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
	fmt.Fprintf(results, "{\"metric\": \"call\", \"value\": %d, \"unit\": \"ns\"}\n", median(full, n, rounds, output.ready))
	fmt.Fprintf(results, "{\"metric\": \"counting\", \"value\": %d, \"unit\": \"ns\"}\n", median(counting, n, rounds, nothing))
	output.end()
}
