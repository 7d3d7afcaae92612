// Prints the length of a slice of SIZE bytes, ten unless the environment says otherwise.
package main

import (
	"fmt"
	"os"
	"strconv"
)

func main() {
	size, err := strconv.Atoi(os.Getenv("SIZE"))
	if err != nil {
		size = 10
	}
	slice := make([]byte, size)
	fmt.Printf("{\"metric\": \"length\", \"value\": %d}\n", len(slice))
}
