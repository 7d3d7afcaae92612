// Command examples holds defer statements whose machine code is looked at.
package main

import (
	"fmt"
	"os"
	"unsafe"
)

// inALoop defers once for each turn of a loop.
//
//go:noinline
func inALoop(n int) {
	for i := 0; i < n; i++ {
		defer fmt.Println(i)
	}
}

// once is the source's own example: one defer with one argument.
//
//go:noinline
func once() {
	defer fmt.Println("done")
}

// deferproc has the parameters that the source gives to the runtime's. It is for the control.
//
//go:noinline
func deferproc(fn, args unsafe.Pointer) {
	if fn == nil || args == nil {
		os.Exit(1)
	}
}

// byHand calls it as the source says that compiled code does.
//
//go:noinline
func byHand() {
	callee, argument := fmt.Println, "done"
	deferproc(unsafe.Pointer(&callee), unsafe.Pointer(&argument))
}

// byHandInALoop does so for each turn of a loop.
//
//go:noinline
func byHandInALoop(n int) {
	for i := 0; i < n; i++ {
		callee, argument := fmt.Println, i
		deferproc(unsafe.Pointer(&callee), unsafe.Pointer(&argument))
	}
}

func main() {
	inALoop(len(os.Args))
	once()
	byHand()
	byHandInALoop(len(os.Args))
}
