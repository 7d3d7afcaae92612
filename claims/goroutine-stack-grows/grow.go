// Command grow follows one goroutine's stack: at rest, in a deep recursion, and at rest again while
// the collector runs. Sizes are the growth of runtime.MemStats.StackInuse, which counts every stack
// of the process; nothing else in the process needs stack meanwhile.
//
// MAX_STACK, in bytes, lowers the runtime's limit for one stack (default: the runtime's own, 1 GB).
package main

import (
	"fmt"
	"log"
	"os"
	"runtime"
	"runtime/debug"
	"strconv"
	"unsafe"
)

const (
	frames      = 1024
	frameBytes  = 1024
	collections = 15
)

// step is a place where the goroutine waits until it is told to go on.
type step struct {
	here chan uintptr
	next chan struct{}
}

func (s step) reached(address uintptr) {
	s.here <- address
	<-s.next
}

// descend puts at least depth KiB on the stack and waits at the bottom.
//
//go:noinline
func descend(depth int, bottom step) byte {
	var frame [frameBytes]byte
	frame[depth%frameBytes] = byte(depth)
	if depth == 0 {
		bottom.reached(0)
		return frame[0]
	}
	return descend(depth-1, bottom) + frame[depth%frameBytes]
}

// work waits at rest, deep down, and at rest. At rest it reports where one of its variables lies.
func work(s step) {
	var local int
	s.reached(uintptr(unsafe.Pointer(&local)))
	descend(frames, s)
	s.reached(uintptr(unsafe.Pointer(&local)))
	s.reached(uintptr(unsafe.Pointer(&local)))
}

func stackInuse() int64 {
	var stats runtime.MemStats
	runtime.ReadMemStats(&stats)
	return int64(stats.StackInuse)
}

func main() {
	if text := os.Getenv("MAX_STACK"); text != "" {
		limit, err := strconv.Atoi(text)
		if err != nil {
			log.Fatal(err)
		}
		debug.SetMaxStack(limit)
	}
	debug.SetGCPercent(-1) // collect only where it is said below

	runtime.GC() // the collector's own goroutines are there now
	s := step{make(chan uintptr), make(chan struct{})}
	go work(s)
	first := <-s.here
	rest := stackInuse()

	s.next <- struct{}{}
	<-s.here
	deep := stackInuse() - rest
	s.next <- struct{}{}
	second := <-s.here
	idle := stackInuse() - rest

	for i := 1; i <= collections; i++ {
		runtime.GC()
		fmt.Printf("after collection %d: %d B above the start\n", i, stackInuse()-rest)
	}
	left := stackInuse() - rest
	s.next <- struct{}{}
	third := <-s.here

	report := func(metric string, value int64) {
		fmt.Printf("{\"metric\": %q, \"value\": %d, \"unit\": \"B\"}\n", metric, value)
	}
	report("grown", deep)
	report("kept_until_collection", idle)
	report("left", left)
	fmt.Printf("{\"metric\": \"given_back\", \"value\": %.3f}\n", float64(deep-left)/float64(deep))
	moves := 0
	if second != first {
		moves++
	}
	if third != second {
		moves++
	}
	fmt.Printf("{\"metric\": \"moves\", \"value\": %d}\n", moves)
}
