// Command s22_loop_address defers, in a loop over a slice, a function that takes the loop variable's address and does not keep it.
package main

func use(p *int) { *p++ }

//go:noinline
func tried(s []int) {
	for i := range s {
		defer use(&i)
	}
}

func main() { tried(make([]int, 5)) }
