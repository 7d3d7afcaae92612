// Command traces asks what runtime/debug.Stack tells about a stack whose depth is known: how many calls deep it is, and
// how many bytes. It takes a trace in a recursion that is CALLS deep, with a frame of more than 1,000 bytes in every call, and
// prints
//
//	calls_missed  how far the number of calls that one reads off the trace is from CALLS: what it lists, and
//	              what it says it has left out
//	bytes_told    the extent of the stack that one reads off the trace, from the addresses of its frames; 0 where it has none
//	bytes_taken   the extent that the recursion has, from the addresses of two of its variables
//
// MODE=recursion is all of that. MODE=cut takes the trace with runtime.Stack, which cuts it off at the end of a buffer of
// 2 KiB. MODE=crash takes the one that the runtime writes when the same program dies in the recursion, with
// GOTRACEBACK=system. MODE=pending takes a trace in a function that has CALLS deferred calls pending; only its lines are counted.
package main

import (
	"bytes"
	"fmt"
	"log"
	"os"
	"os/exec"
	"regexp"
	"runtime"
	"runtime/debug"
	"strconv"
	"unsafe"
)

var (
	deepest uintptr // the address of a variable at the end of the recursion
	sample  []byte
)

func take() {
	switch mode := os.Getenv("MODE"); mode {
	case "pending", "recursion":
		sample = debug.Stack()
	case "cut":
		buffer := make([]byte, 2048)
		sample = buffer[:runtime.Stack(buffer, false)]
	case "crash":
		child := exec.Command(os.Args[0])
		child.Env = []string{"MODE=die", "GOTRACEBACK=system", "CALLS=" + os.Getenv("CALLS")}
		var trace bytes.Buffer
		child.Stderr = &trace
		if err := child.Run(); err == nil {
			log.Fatal("it did not die")
		}
		sample = trace.Bytes()
	case "die":
		panic("as it was told")
	default:
		log.Fatalf("unknown MODE %q", mode)
	}
}

//go:noinline
func descend(n int) byte {
	var frame [1000]byte
	frame[n%len(frame)] = byte(n)
	if n == 1 {
		deepest = uintptr(unsafe.Pointer(&frame))
		take()
		return frame[0]
	}
	return descend(n-1) + frame[n%len(frame)]
}

func nothing() {}

//go:noinline
func pending(n int) {
	for i := 0; i < n; i++ {
		defer nothing()
	}
	take()
}

var (
	leftOut = regexp.MustCompile(`(?m)^\.\.\.([0-9]+) frames elided\.\.\.$`)
	frames  = regexp.MustCompile(`fp=0x([0-9a-f]+) sp=0x([0-9a-f]+)`)
	self    = regexp.MustCompile(`(?m)^main\.descend\(`)
)

// callsRead is how many calls of the recursion one reads off the trace.
func callsRead(trace []byte) int {
	count := len(self.FindAll(trace, -1))
	if match := leftOut.FindSubmatch(trace); match != nil {
		more, err := strconv.Atoi(string(match[1]))
		if err != nil {
			log.Fatal(err)
		}
		count += more // the ends of the trace are those of the stack, so what it leaves out is calls of the recursion
	}
	return count
}

// bytesTold is the extent of the first goroutine in the trace.
func bytesTold(trace []byte) uint64 {
	low, high := ^uint64(0), uint64(0)
	if end := bytes.Index(trace, []byte("created by main.main")); end >= 0 {
		trace = trace[:end]
	}
	for _, match := range frames.FindAllSubmatch(trace, -1) {
		top, err := strconv.ParseUint(string(match[1]), 16, 64)
		if err != nil {
			log.Fatal(err)
		}
		bottom, err := strconv.ParseUint(string(match[2]), 16, 64)
		if err != nil {
			log.Fatal(err)
		}
		if top > high {
			high = top
		}
		if bottom < low {
			low = bottom
		}
	}
	if high == 0 {
		return 0
	}
	return high - low
}

func main() {
	calls, err := strconv.Atoi(os.Getenv("CALLS"))
	if err != nil {
		log.Fatalf("CALLS: %v", err)
	}
	done := make(chan uintptr)
	go func() { // the stack of a new goroutine has nothing else on it
		var here byte
		if os.Getenv("MODE") == "pending" {
			pending(calls)
		} else {
			descend(calls)
		}
		done <- uintptr(unsafe.Pointer(&here)) - deepest
	}()
	taken := <-done
	lines := bytes.Split(sample, []byte("\n"))
	fmt.Printf("The trace, %d lines:\n", len(lines))
	for i, line := range lines {
		if i < 6 || i > len(lines)-7 || bytes.HasPrefix(line, []byte("...")) {
			fmt.Printf("%s\n", line)
		}
	}
	fmt.Printf("{\"metric\": \"trace_lines\", \"value\": %d}\n", len(bytes.Split(bytes.TrimSpace(sample), []byte("\n"))))
	if os.Getenv("MODE") == "pending" {
		return
	}
	fmt.Printf("{\"metric\": \"calls_read\", \"value\": %d}\n", callsRead(sample))
	fmt.Printf("{\"metric\": \"calls_missed\", \"value\": %d}\n", calls-callsRead(sample))
	fmt.Printf("{\"metric\": \"bytes_told\", \"value\": %d, \"unit\": \"B\"}\n", bytesTold(sample))
	fmt.Printf("{\"metric\": \"bytes_taken\", \"value\": %d, \"unit\": \"B\"}\n", taken)
}
