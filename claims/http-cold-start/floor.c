/* The least that a server can be: it answers one request and knows nothing of HTTP. Linked statically, its start
 * is the floor under every other: fork, exec, the launcher's knocking and one exchange over the loopback. */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

int main(void)
{
    static const char answer[] = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";
    char request[1024];
    int yes = 1;
    const char *port = getenv("PORT");
    struct sockaddr_in address = {.sin_family = AF_INET};
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    address.sin_port = htons(port ? atoi(port) : 0);
    int door = socket(AF_INET, SOCK_STREAM, 0);
    setsockopt(door, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
    if (bind(door, (struct sockaddr *)&address, sizeof address) != 0 || listen(door, 8) != 0)
        return 1;
    int guest = accept(door, NULL, NULL);
    if (read(guest, request, sizeof request) <= 0 || write(guest, answer, sizeof answer - 1) < 0)
        return 1;
    pause();
    return 0;
}
