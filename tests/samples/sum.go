package main

import "os"

//go:noinline
func sum(values []int) int {
	total := 0
	for i := 0; i < 4; i++ {
		total += values[i] // BOUNDS
	}
	return total
}

type reader interface{ Read(p []byte) (int, error) }

//go:noinline
func call(r reader, p []byte) int {
	n, _ := r.Read(p) // DYNAMIC
	return n
}

func small(x int) int { return x + 1 }

var kept *int

func leak() {
	x := 7 // ESCAPES
	kept = &x
}

func loop(n int) {
	for i := 0; i < n; i++ {
		defer small(i) // DEFER
	}
}

func main() {
	leak()
	loop(len(os.Args))
	os.Exit(small(sum([]int{1, 2, 3, 4})) + call(os.Stdin, make([]byte, 8)))
}
