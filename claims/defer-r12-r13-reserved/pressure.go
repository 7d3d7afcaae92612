// Command pressure holds a function with more values alive at once than the processor has registers.
package main

import (
	"fmt"
	"os"
)

// pressure keeps sixteen integers alive together, so that a compiler uses all registers that it may use.
//
//go:noinline
func pressure(p *[16]int, n int) {
	a, b, c, d := p[0], p[1], p[2], p[3]
	e, f, g, h := p[4], p[5], p[6], p[7]
	i, j, k, l := p[8], p[9], p[10], p[11]
	q, r, s, t := p[12], p[13], p[14], p[15]
	for ; n > 0; n-- {
		a, b, c, d = b+t, c^a, d+b, e^c
		e, f, g, h = f+d, g^e, h+f, i^g
		i, j, k, l = j+h, k^i, l+j, q^k
		q, r, s, t = r+l, s^q, t+r, a^s
	}
	p[0], p[1], p[2], p[3] = a, b, c, d
	p[4], p[5], p[6], p[7] = e, f, g, h
	p[8], p[9], p[10], p[11] = i, j, k, l
	p[12], p[13], p[14], p[15] = q, r, s, t
}

// floats does the same with floating point.
//
//go:noinline
func floats(p *[16]float64, n int) {
	a, b, c, d := p[0], p[1], p[2], p[3]
	e, f, g, h := p[4], p[5], p[6], p[7]
	i, j, k, l := p[8], p[9], p[10], p[11]
	q, r, s, t := p[12], p[13], p[14], p[15]
	for ; n > 0; n-- {
		a, b, c, d = b+t, c-a, d+b, e-c
		e, f, g, h = f+d, g-e, h+f, i-g
		i, j, k, l = j+h, k-i, l+j, q-k
		q, r, s, t = r+l, s-q, t+r, a-s
	}
	p[0], p[1], p[2], p[3] = a, b, c, d
	p[4], p[5], p[6], p[7] = e, f, g, h
	p[8], p[9], p[10], p[11] = i, j, k, l
	p[12], p[13], p[14], p[15] = q, r, s, t
}

func main() {
	var p [16]int
	var q [16]float64
	for i := range p {
		p[i], q[i] = i+len(os.Args), float64(i)
	}
	pressure(&p, 7)
	floats(&q, 7)
	fmt.Println(p, q)
}
