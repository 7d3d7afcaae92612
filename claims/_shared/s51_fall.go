// Computes by how many percent AFTER is below BEFORE, two decimal figures from the environment, exactly.
// Each figure is itself rounded, to its last digit; `least` and `most` are the falls that this leaves open.
package main

import (
	"fmt"
	"math/big"
	"os"
	"strings"
)

func main() {
	before, after := os.Getenv("BEFORE"), os.Getenv("AFTER")
	fall := fallOf(figure(before), figure(after))
	emit("fall", fall, 4)
	emit("rounded", fall, 0)

	wide, narrow := new(big.Rat).Add(figure(before), half(before)), new(big.Rat).Sub(figure(before), half(before))
	low, high := new(big.Rat).Sub(figure(after), half(after)), new(big.Rat).Add(figure(after), half(after))
	emit("least", fallOf(narrow, high), 4)
	emit("most", fallOf(wide, low), 4)
}

func figure(text string) *big.Rat {
	value, ok := new(big.Rat).SetString(text)
	if !ok {
		fmt.Fprintf(os.Stderr, "%q is no figure\n", text)
		os.Exit(1)
	}
	return value
}

// half of the unit of the last digit: how far rounding can have moved the figure
func half(text string) *big.Rat {
	unit := big.NewRat(1, 2)
	if point := strings.IndexByte(text, '.'); point >= 0 {
		for range text[point+1:] {
			unit.Mul(unit, big.NewRat(1, 10))
		}
	}
	return unit
}

func fallOf(before, after *big.Rat) *big.Rat {
	fall := new(big.Rat).Sub(before, after)
	fall.Quo(fall, before)
	return fall.Mul(fall, big.NewRat(100, 1))
}

func emit(name string, percent *big.Rat, decimals int) {
	fmt.Printf("{\"metric\": %q, \"value\": %s, \"unit\": \"%%\"}\n", name, percent.FloatString(decimals))
}
