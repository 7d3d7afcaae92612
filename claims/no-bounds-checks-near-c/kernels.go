// Command kernels times five loops over slices; kernels.c holds the same loops over C arrays. The sum is taken twice, over
// more than the first-level cache holds and over less: where memory sets the pace, what a compiler does is hidden.
//
// Both work on the same data. For each loop they print a checksum, by which the twins are compared, and the time of one
// pass in the fastest repetition: a loop does the same work every time, so what makes one repetition slower than
// another comes from outside. A repetition takes about 2 ms, less than a scheduler's turn.
//
// GATHER_PERCENT makes the sum through an index array longer, for a control.
//
// A loop that straddles two cache lines of code can take half as long again as the same instructions in one: the layouts
// that the lab builds it in show that.
package main

import (
	"fmt"
	"os"
	"strconv"
	"time"
)

const (
	length      = 1 << 16 // elements of sum, dot and gather: 512 KiB each
	order       = 128     // rows and columns of matmul
	short       = 2000    // elements that short_sum adds and sort sorts: 16 KiB
	repetitions = 12
)

//go:noinline
func sum(a []int64) int64 {
	var s int64
	for i := 0; i < len(a); i++ {
		s += a[i]
	}
	return s
}

//go:noinline
func dot(a, b []float64, n int) float64 {
	s := 0.0
	for i := 0; i < n; i++ {
		s += a[i] * b[i]
	}
	return s
}

//go:noinline
func gather(a []int64, index []int32, n int) int64 {
	var s int64
	for i := 0; i < n; i++ {
		s += a[index[i]]
	}
	return s
}

//go:noinline
func matmul(c, a, b []float64, n int) {
	for i := 0; i < n; i++ {
		for j := 0; j < n; j++ {
			s := 0.0
			for k := 0; k < n; k++ {
				s += a[i*n+k] * b[k*n+j]
			}
			c[i*n+j] = s
		}
	}
}

//go:noinline
func insertionSort(a []int64, n int) {
	for i := 1; i < n; i++ {
		x := a[i]
		j := i
		for j > 0 && a[j-1] > x {
			a[j] = a[j-1]
			j--
		}
		a[j] = x
	}
}

// numbers gives the same pseudo-random sequence as its twin in C.
func numbers(n int) []int64 {
	a := make([]int64, n)
	state := uint64(42)
	for i := range a {
		state = state*6364136223846793005 + 1442695040888963407
		a[i] = int64(state >> 44)
	}
	return a
}

func floats(n int) []float64 {
	a := make([]float64, n)
	for i, v := range numbers(n) {
		a[i] = float64(v%1000) / 1000
	}
	return a
}

// gatherPercent is how many elements the sum through an index array has in percent of those that C's has.
func gatherPercent() int {
	text := os.Getenv("GATHER_PERCENT")
	if text == "" {
		return 100
	}
	percent, err := strconv.Atoi(text)
	if err != nil {
		panic("GATHER_PERCENT: " + err.Error())
	}
	return percent
}

// kernel returns the loop with its data in place: one call is one pass.
func kernel(name string) func() float64 {
	a := numbers(length)
	switch name {
	case "sum":
		return func() float64 { return float64(sum(a)) }
	case "short_sum":
		return func() float64 { return float64(sum(a[:short])) }
	case "dot":
		x, y := floats(length), floats(length)
		return func() float64 { return dot(x, y, length) }
	case "gather":
		n := length * gatherPercent() / 100
		index := make([]int32, n)
		for i, v := range numbers(n) {
			index[i] = int32(v % length)
		}
		return func() float64 { return float64(gather(a, index, n)) }
	case "matmul":
		c, x, y := make([]float64, order*order), floats(order*order), floats(order*order)
		return func() float64 {
			matmul(c, x, y, order)
			return c[0] + c[order*order-1]
		}
	case "sort":
		work := make([]int64, short)
		return func() float64 {
			copy(work, a)
			insertionSort(work, short)
			return float64(work[0] + work[short/2])
		}
	}
	panic(name)
}

// kernels are the loops with their data, and how many passes make a repetition.
var kernels = []struct {
	name   string
	passes int
}{{"sum", 40}, {"short_sum", 1000}, {"dot", 20}, {"gather", 30}, {"matmul", 1}, {"sort", 2}}

func main() {
	for _, k := range kernels {
		pass := kernel(k.name)
		check := pass()
		fastest := 0.0
		for r := 0; r < repetitions; r++ {
			begin := time.Now()
			for i := 0; i < k.passes; i++ {
				check += pass()
			}
			took := float64(time.Since(begin).Nanoseconds()) / float64(k.passes) / 1000
			if r == 0 || took < fastest {
				fastest = took
			}
		}
		fmt.Printf("checksum %s %.3f\n", k.name, check)
		fmt.Printf("{\"metric\": %q, \"value\": %.3f, \"unit\": \"us\"}\n", k.name, fastest)
	}
}
