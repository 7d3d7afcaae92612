// Command stack measures the stack that the runtime gives to a goroutine at its start.
//
// It starts goroutines that do nothing but wait, and divides by their number what the runtime's
// stack memory has grown by (runtime.MemStats.StackInuse). SCENE says what the process did before:
//
//	new-program  nothing: every goroutine's descriptor is made afresh
//	reused       as many goroutines ran and ended, so that their descriptors are used again
//	busy-server  as reused, while 200 connections of an HTTP server wait for their next request
//
// FRAME=big: each of the goroutines that are measured needs 3 KiB of stack at once.
package main

import (
	"bufio"
	"fmt"
	"log"
	"net"
	"net/http"
	"os"
	"runtime"
	"runtime/debug"
	"sync/atomic"
)

const (
	goroutines  = 10000
	connections = 200
)

// clients keeps the client ends of the connections open.
var clients []net.Conn

func wait(arrived *int32, gate <-chan struct{}) {
	atomic.AddInt32(arrived, 1)
	<-gate
}

//go:noinline
func touch(frame *[3 << 10]byte) {
	frame[len(frame)-1] = 1
}

func waitWithBigFrame(arrived *int32, gate <-chan struct{}) {
	var frame [3 << 10]byte
	touch(&frame)
	wait(arrived, gate)
}

// start returns when all of the goroutines run. They end when gate is closed.
func start(body func(*int32, <-chan struct{}), gate <-chan struct{}) {
	arrived := new(int32)
	for i := 0; i < goroutines; i++ {
		go body(arrived, gate)
	}
	for atomic.LoadInt32(arrived) < goroutines {
		runtime.Gosched()
	}
}

// startAndEnd runs goroutines to their end, which leaves their descriptors to be used again.
func startAndEnd() {
	before := runtime.NumGoroutine()
	gate := make(chan struct{})
	start(wait, gate)
	close(gate)
	for runtime.NumGoroutine() > before {
		runtime.Gosched()
	}
}

// serve leaves an HTTP server whose connections have all had one request and wait for the next.
func serve() error {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	go func() { log.Fatal(http.Serve(listener, http.NotFoundHandler())) }()
	for i := 0; i < connections; i++ {
		client, err := net.Dial("tcp", listener.Addr().String())
		if err != nil {
			return err
		}
		if _, err := fmt.Fprint(client, "GET / HTTP/1.1\r\nHost: localhost\r\n\r\n"); err != nil {
			return err
		}
		if _, err := http.ReadResponse(bufio.NewReader(client), nil); err != nil {
			return err
		}
		clients = append(clients, client)
	}
	return nil
}

func stackInuse() uint64 {
	var stats runtime.MemStats
	runtime.ReadMemStats(&stats)
	return stats.StackInuse
}

func main() {
	switch scene := os.Getenv("SCENE"); scene {
	case "new-program":
	case "reused":
		startAndEnd()
	case "busy-server":
		startAndEnd()
		if err := serve(); err != nil {
			log.Fatal(err)
		}
	default:
		log.Fatalf("unknown SCENE %q", scene)
	}

	// In a collection the runtime may choose another starting size. There is one here and none
	// later, so that the goroutines started below cannot change that choice.
	runtime.GC()
	debug.SetGCPercent(-1)

	body := wait
	if os.Getenv("FRAME") == "big" {
		body = waitWithBigFrame
	}
	before := stackInuse()
	start(body, make(chan struct{}))
	after := stackInuse()

	perGoroutine := float64(after-before) / goroutines
	fmt.Printf("{\"metric\": \"stack\", \"value\": %.0f, \"unit\": \"B\"}\n", perGoroutine)
	fmt.Printf("{\"metric\": \"goroutines\", \"value\": %d}\n", runtime.NumGoroutine())
}
