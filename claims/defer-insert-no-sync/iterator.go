// Command calls, in this file, is for a control: besides what the other file does, it defers in the body of a loop over
// an iterator function. Such a call belongs to the function around the loop, and the runtime links it in with deferprocat.
package main

import "os"

func deferred(i int) { println(i) }

// once records its first call with runtime.deferprocStack: beside a loop no call is open-coded.
func once(n int) {
	defer deferred(n)
	for i := 0; i < n; i++ {
		defer deferred(i)
	}
}

//go:noinline
func upTo(n int) func(func(int) bool) {
	return func(yield func(int) bool) {
		for i := 0; i < n && yield(i); i++ {
		}
	}
}

// each records its calls with runtime.deferprocat.
func each(n int) {
	for i := range upTo(n) {
		defer deferred(i)
	}
}

func main() {
	once(len(os.Args))
	each(len(os.Args))
}
