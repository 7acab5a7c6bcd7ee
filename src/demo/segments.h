/* segment.h: a picture cut into smooth pieces, background, things and their parts. */
#ifndef DEMO_SEGMENTS_H
#define DEMO_SEGMENTS_H

#include <stdbool.h>

#include "base/error.h"
#include "io/image/image.h"

struct rect {
    int x1, y1, x2, y2; /* x2, y2 outside */
};

struct piece {
    struct rect box;
    int area;
    float lab[3];    /* mean colour */
    bool background; /* of smooth pieces: reaches the border, or looks like what does */
    int thing;       /* of parts: which thing they are in */
};

/* A join of two parts or nodes: below part_count a part, else node index + part_count; parent -1 at
 * the top. */
struct node {
    int left, right, parent;
    struct rect box;
    int area;
    float lab[3], score;
};

struct segments {
    int width, height;
    float *lab;
    int *smooth_of; /* pixel -> smooth piece, all are in one */
    struct piece *smooth;
    int smooth_count;
    int *thing_of; /* pixel -> thing, -1 background */
    struct piece *things;
    int thing_count;
    int *part_of; /* pixel -> part, -1 background */
    struct piece *parts;
    int part_count;
    struct node *nodes; /* leaves (single parts) included */
    int node_count;
};

int segments_new(const struct image *picture, struct segments **out, struct error *err) MUST_USE;
void segments_free(struct segments *segments);

/* Whether node n includes part p. */
bool segments_node_holds(const struct segments *segments, int n, int p);

/* Builds the nodes (merge.c). */
void segments_merge(struct segments *segments);

#endif
