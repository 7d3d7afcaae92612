// Allocate garbage until the collector has run several times by itself, then force one more cycle.
package main

import (
	"runtime"
	"time"
)

var sink []byte

func main() {
	for i := 0; i < 10000; i++ {
		sink = make([]byte, 4<<10)
	}
	runtime.GC()
	// The line is printed after the program runs again: without a wait the process may end in the middle of it.
	time.Sleep(50 * time.Millisecond)
}
