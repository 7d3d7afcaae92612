// Command account imports os/user, the other package of the standard library that asks C.
package main

import (
	"fmt"
	"log"
	"os/user"
)

func main() {
	if _, err := user.LookupId("0"); err != nil {
		log.Fatal(err)
	}
	fmt.Println("ready")
}
