/* segments.h: a picture cut into smooth pieces, background, things and their parts. */
#ifndef DEMO_SEGMENTS_H
#define DEMO_SEGMENTS_H

#include <stdbool.h>

#include "base/error.h"
#include "io/image/image.h"

struct rect {
    int x1, y1, x2, y2; /* x2, y2 exclusive */
};

struct piece {
    struct rect box;
    int area;
    float lab[3];    /* mean colour */
    bool background; /* of smooth pieces: it reaches the border, or looks like one that does */
    int thing;       /* of parts: the thing that it is in */
};

/* A node of the hierarchy: nodes 0..part_count - 1 are the parts themselves (left, right -1), each
 * later one joins two earlier ones; parent -1 at the top. */
struct node {
    int left, right, parent;
    struct rect box;
    int area;
    float lab[3], score;
};

struct segments {
    int width, height;
    float *lab;     /* height x width x 3 */
    int *smooth_of; /* pixel -> smooth piece; every pixel is in one */
    struct piece *smooth;
    int smooth_count;
    int *thing_of; /* pixel -> thing, -1: background */
    struct piece *things;
    int thing_count;
    int *part_of; /* pixel -> part, -1: background */
    struct piece *parts;
    int part_count;
    struct node *nodes; /* NULL for a picture of very many parts */
    int node_count;
};

/* Cuts the picture into pieces; *out is the caller's to segments_free. Errors: not enough memory.
 */
int segments_new(const struct image *picture, struct segments **out, struct error *err) MUST_USE;

/* Frees it; NULL is fine. */
void segments_free(struct segments *segments);

/* Whether node n includes part p. */
bool segments_node_holds(const struct segments *segments, int n, int p);

/* Builds the nodes (merge.c). */
void segments_merge(struct segments *segments);

#endif
