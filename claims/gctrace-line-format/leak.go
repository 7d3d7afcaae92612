// Ask for a goroutine leak profile (Go 1.27), which runs a cycle that looks for leaks as well.
package main

import (
	"os"
	"runtime/pprof"
	"time"
)

func main() {
	go func() { <-make(chan int) }()
	profile := pprof.Lookup("goroutineleak")
	if profile == nil {
		panic("this release has no profile of leaked goroutines")
	}
	out, err := os.Create(os.DevNull)
	if err != nil {
		panic(err)
	}
	if err := profile.WriteTo(out, 0); err != nil {
		panic(err)
	}
	time.Sleep(50 * time.Millisecond) // until the line is printed
}
