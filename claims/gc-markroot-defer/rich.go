// Command rich keeps many defers pending, collects again and again, and reads its own CPU profile: in how many
// samples of marking does a function stand on the stack, somewhere below runtime.gcDrain?
//
// Usage: rich FUNCTION PROFILE
package main

import (
	"bytes"
	"fmt"
	"io/ioutil"
	"os"
	"runtime"
	"runtime/pprof"
	"syscall"
	"time"
)

const (
	goroutines = 10
	pending    = 10000
	profiled   = time.Second // of processor time, by which profiles are taken
)

func nothing() {}

func hold(ready chan<- bool) {
	for i := 0; i < pending; i++ {
		defer nothing()
	}
	ready <- true
	select {}
}

// used is the processor time that the process has had.
func used() time.Duration {
	var usage syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &usage); err != nil {
		panic(err)
	}
	return time.Duration(usage.Utime.Nano() + usage.Stime.Nano())
}

func main() {
	ready := make(chan bool)
	for i := 0; i < goroutines; i++ {
		go hold(ready)
		<-ready
	}
	var profile bytes.Buffer
	if err := pprof.StartCPUProfile(&profile); err != nil {
		panic(err)
	}
	for begin := used(); used()-begin < profiled; {
		runtime.GC()
	}
	pprof.StopCPUProfile()
	if err := ioutil.WriteFile(os.Args[2], profile.Bytes(), 0644); err != nil {
		panic(err)
	}

	var marking, within uint64
	for _, s := range readProfile(profile.Bytes()) {
		function, drain := false, false
		for _, f := range s.frames { // innermost first
			function = function || f.function == "runtime."+os.Args[1]
			if f.function == "runtime.gcDrain" {
				drain = true
				break
			}
		}
		if drain {
			marking += s.samples
			if function {
				within += s.samples
			}
		}
	}
	fmt.Printf("{\"metric\": \"marking_samples\", \"value\": %d}\n", marking)
	fmt.Printf("{\"metric\": \"profile_samples\", \"value\": %d}\n", within)
}
