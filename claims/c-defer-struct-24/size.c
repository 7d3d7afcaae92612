/* Prints the size of the source's node and where its fields lie. ALIGNMENT, if defined, aligns the type. */
#include <stddef.h>
#include <stdio.h>

#ifdef ALIGNMENT
#define ALIGNED __attribute__((aligned(ALIGNMENT)))
#else
#define ALIGNED
#endif

struct node {
    void (*function)(void *);
    void *argument;
    struct node *next;
} ALIGNED;

int main(void)
{
    printf("a function pointer has %zu bytes, a data pointer %zu\n", sizeof(void (*)(void *)), sizeof(void *));
    printf("function at %zu, argument at %zu, next at %zu\n", offsetof(struct node, function),
           offsetof(struct node, argument), offsetof(struct node, next));
    printf("{\"metric\": \"size\", \"value\": %zu, \"unit\": \"B\"}\n", sizeof(struct node));
    printf("{\"metric\": \"alignment\", \"value\": %zu, \"unit\": \"B\"}\n", _Alignof(struct node));
    return 0;
}
