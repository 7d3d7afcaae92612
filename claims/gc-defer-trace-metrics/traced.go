// Command traced writes an execution trace of a program with 10,000 pending defers in each of four goroutines. While it is
// traced the program allocates fast enough that goroutines have to assist in marking and to sweep.
//
// Usage: traced FILE
package main

import (
	"os"
	"runtime"
	"runtime/debug"
	"runtime/trace"
	"sync"
)

const (
	holders = 4
	pending = 10000
)

type node struct {
	left, right *node
	_           [4]uintptr
}

var trees [2]*node

func nothing() {}

func hold(ready chan<- bool) {
	for i := 0; i < pending; i++ {
		defer nothing()
	}
	ready <- true
	select {}
}

func grow(depth int) *node {
	if depth == 0 {
		return &node{}
	}
	return &node{left: grow(depth - 1), right: grow(depth - 1)}
}

func main() {
	ready := make(chan bool)
	for i := 0; i < holders; i++ {
		go hold(ready)
		<-ready
	}
	file, err := os.Create(os.Args[1])
	if err != nil {
		panic(err)
	}
	debug.SetGCPercent(20)
	if err := trace.Start(file); err != nil {
		panic(err)
	}
	var workers sync.WaitGroup
	for i := range trees {
		workers.Add(1)
		go func(i int) {
			for n := 0; n < 6; n++ {
				trees[i] = grow(13)
			}
			workers.Done()
		}(i)
	}
	workers.Wait()
	runtime.GC()
	trace.Stop()
	if err := file.Close(); err != nil {
		panic(err)
	}
}
