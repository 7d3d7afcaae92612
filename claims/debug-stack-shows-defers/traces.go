// Command traces takes two traces with runtime/debug.Stack at the same place of the program, one with few and
// one with many deferred calls pending, and counts what differs between them. What stands in parentheses is left out:
// up to Go 1.16 these are bare words of memory, among them the place of a result that is not there yet. MODE says where:
//
//	pending    in the function that has deferred the calls, before it returns
//	running    in the deferred calls: in the last one and in the first one to run
//	recursion  at the end of a recursion, few and many calls deep (a check: here the depth is there to be seen)
package main

import (
	"bytes"
	"fmt"
	"log"
	"os"
	"regexp"
	"runtime/debug"
)

const (
	few  = 1
	many = 10000
)

var parentheses = regexp.MustCompile(`(?m)\([^()]*\)$`)

var (
	n      int // how many calls to defer; no parameter, since a trace shows those
	done   int // how many deferred calls have run
	sample []byte
)

func tick() { done++ }

//go:noinline
func pending() {
	for i := 0; i < n; i++ {
		defer tick()
	}
	sample = debug.Stack()
}

// tickAndLook takes its trace when n calls are left, itself included.
func tickAndLook() {
	if many-done == n {
		sample = debug.Stack()
	}
	done++
}

//go:noinline
func running() {
	done = 0
	for i := 0; i < many; i++ {
		defer tickAndLook()
	}
}

//go:noinline
func recursion() {
	if n--; n < 0 {
		sample = debug.Stack()
		return
	}
	recursion()
	tick()
}

// lines returns a trace line by line, without what stands in parentheses.
func lines(trace []byte) [][]byte {
	return bytes.Split(parentheses.ReplaceAll(trace, []byte("()")), []byte("\n"))
}

// functions counts the lines of a trace that name a function: those that do not begin with white space.
func functions(trace [][]byte) int {
	count := 0
	for _, line := range trace[1:] { // the first line names the goroutine
		if len(line) > 0 && line[0] != '\t' {
			count++
		}
	}
	return count
}

func main() {
	places := map[string]func(){"pending": pending, "running": running, "recursion": recursion}
	place, known := places[os.Getenv("MODE")]
	if !known {
		log.Fatalf("unknown MODE %q", os.Getenv("MODE"))
	}
	var traces [2][][]byte
	for i, size := range []int{few, many} {
		n = size
		place()
		traces[i] = lines(sample)
	}
	fmt.Printf("The trace with %d:\n%s", many, sample)

	short, long := traces[0], traces[1]
	if len(short) > len(long) {
		short, long = long, short
	}
	differing := len(long) - len(short)
	for i := range short {
		if !bytes.Equal(short[i], long[i]) {
			differing++
		}
	}
	fmt.Printf("{\"metric\": \"differing_lines\", \"value\": %d}\n", differing)
	fmt.Printf("{\"metric\": \"functions_few\", \"value\": %d}\n", functions(traces[0]))
	fmt.Printf("{\"metric\": \"functions_many\", \"value\": %d}\n", functions(traces[1]))
}
