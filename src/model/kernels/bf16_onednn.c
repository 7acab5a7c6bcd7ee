/* bf16_onednn.c: products of bfloat16 matrices through oneDNN. One primitive per shape, made once
 * on one thread and for one thread; our threads then run them in parallel, each with its own
 * memory. */
#include "model/kernels/bf16_private.h"

#ifdef BF16_X86
#include <assert.h>
#include <dnnl.h>
#include <omp.h>
#include <stdlib.h>

#include "base/mem.h"

/* A product, and the reordering of its b into the layout it prefers (NULL if none is needed). */
struct shape {
    size_t M, N, ldc;
    dnnl_primitive_t product, reorder;
    dnnl_memory_desc_t a, b, liked, c;
    size_t scratch, reorder_scratch;
};

struct bf16_product {
    size_t D;
    dnnl_engine_t engine;
    dnnl_primitive_attr_t attributes; /* scratch is ours */
    struct shape *shapes;
    size_t count, cap, packed, scratch;
};

static int refused(struct error *err, const char *what, dnnl_status_t status)
{
    return error_set(err, "oneDNN cannot %s (its status %d): omit --precision bf16", what,
                     (int)status);
}

static size_t scratch_of(const_dnnl_primitive_desc_t pd)
{
    return dnnl_memory_desc_get_size(dnnl_primitive_desc_query_md(pd, dnnl_query_scratchpad_md, 0));
}

static const struct shape *find(const struct bf16_product *p, size_t M, size_t N)
{
    for (size_t i = 0; i < p->count; i++)
        if ((M == 0 || p->shapes[i].M == M) && p->shapes[i].N == N)
            return &p->shapes[i];
    return NULL;
}

/* One layout of b for all M. */
static dnnl_status_t describe_liked(const struct bf16_product *p, struct shape *s)
{
    const struct shape *other = find(p, 0, s->N);
    if (!other)
        return dnnl_memory_desc_init_by_tag(&s->liked, 2,
                                            (dnnl_dims_t){(dnnl_dim_t)p->D, (dnnl_dim_t)s->N},
                                            dnnl_bf16, dnnl_format_tag_any);
    s->liked = other->liked;
    return dnnl_success;
}

static dnnl_status_t describe(const struct bf16_product *p, struct shape *s)
{
    size_t D = p->D;
    dnnl_dim_t M = (dnnl_dim_t)s->M, N = (dnnl_dim_t)s->N, K = (dnnl_dim_t)D;
    dnnl_status_t status = dnnl_memory_desc_init_by_strides(&s->a, 2, (dnnl_dims_t){M, K},
                                                            dnnl_bf16, (dnnl_dims_t){K, 1});
    if (status == dnnl_success)
        status = dnnl_memory_desc_init_by_strides(&s->b, 2, (dnnl_dims_t){K, N}, dnnl_bf16,
                                                  (dnnl_dims_t){1, K});
    if (status == dnnl_success)
        status = describe_liked(p, s);
    if (status == dnnl_success)
        status = dnnl_memory_desc_init_by_strides(&s->c, 2, (dnnl_dims_t){M, N}, dnnl_f32,
                                                  (dnnl_dims_t){(dnnl_dim_t)s->ldc, 1});
    return status;
}

static dnnl_status_t make_product(const struct bf16_product *p, struct shape *s)
{
    dnnl_matmul_desc_t desc;
    dnnl_primitive_desc_t pd = NULL;
    dnnl_status_t status = dnnl_matmul_desc_init(&desc, &s->a, &s->liked, NULL, &s->c);
    if (status == dnnl_success)
        status = dnnl_primitive_desc_create(&pd, &desc, p->attributes, p->engine, NULL);
    if (status != dnnl_success)
        return status;
    s->liked = *dnnl_primitive_desc_query_md(pd, dnnl_query_weights_md, 0);
    s->scratch = scratch_of(pd);
    status = dnnl_primitive_create(&s->product, pd);
    dnnl_primitive_desc_destroy(pd);
    return status;
}

static dnnl_status_t make_reorder(const struct bf16_product *p, struct shape *s)
{
    dnnl_primitive_desc_t pd = NULL;
    if (dnnl_memory_desc_equal(&s->b, &s->liked))
        return dnnl_success;
    dnnl_status_t status = dnnl_reorder_primitive_desc_create(&pd, &s->b, p->engine, &s->liked,
                                                              p->engine, p->attributes);
    if (status != dnnl_success)
        return status;
    s->reorder_scratch = scratch_of(pd);
    status = dnnl_primitive_create(&s->reorder, pd);
    dnnl_primitive_desc_destroy(pd);
    return status;
}

int bf16_onednn_new(size_t D, struct bf16_product **out, struct error *err)
{
    struct bf16_product *p = mem_new(1, sizeof *p);
    p->D = D;
    dnnl_status_t status = dnnl_engine_create(&p->engine, dnnl_cpu, 0);
    if (status == dnnl_success)
        status = dnnl_primitive_attr_create(&p->attributes);
    if (status == dnnl_success)
        status = dnnl_primitive_attr_set_scratchpad_mode(p->attributes, dnnl_scratchpad_mode_user);
    if (status != dnnl_success) {
        bf16_onednn_free(p);
        return refused(err, "start", status);
    }
    *out = p;
    return 0;
}

void bf16_onednn_free(struct bf16_product *p)
{
    if (!p)
        return;
    for (size_t i = 0; i < p->count; i++) {
        dnnl_primitive_destroy(p->shapes[i].product);
        dnnl_primitive_destroy(p->shapes[i].reorder);
    }
    dnnl_primitive_attr_destroy(p->attributes);
    dnnl_engine_destroy(p->engine);
    free(p->shapes);
    free(p);
}

static void at_least(size_t *most, size_t n)
{
    *most = n > *most ? n : *most;
}

/* The primitive is planned for one thread, since it runs inside a parallel region. */
int bf16_onednn_add(struct bf16_product *p, size_t M, size_t N, size_t ldc, struct error *err)
{
    if (M == 0 || N == 0 || find(p, M, N))
        return 0;
    struct shape s = {.M = M, .N = N, .ldc = ldc};
    int threads = omp_get_max_threads();
    omp_set_num_threads(1);
    dnnl_status_t status = describe(p, &s);
    if (status == dnnl_success)
        status = make_product(p, &s);
    if (status == dnnl_success)
        status = make_reorder(p, &s);
    omp_set_num_threads(threads);
    MEM_ROOM(p->shapes, p->count, p->cap);
    p->shapes[p->count++] = s;
    at_least(&p->packed, dnnl_memory_desc_get_size(&s.liked));
    at_least(&p->scratch, s.scratch);
    at_least(&p->scratch, s.reorder_scratch);
    return status == dnnl_success ? 0 : refused(err, "multiply bfloat16 matrices", status);
}

size_t bf16_onednn_packed(const struct bf16_product *p)
{
    return p->packed;
}

size_t bf16_onednn_scratch(const struct bf16_product *p)
{
    return p->scratch;
}

/* An argument of a primitive. */
struct argument {
    int which;
    const dnnl_memory_desc_t *desc;
    void *data;
};

static int run(const struct bf16_product *p, dnnl_primitive_t primitive,
               const struct argument *arguments, int count, size_t scratch_size, void *scratch)
{
    const dnnl_memory_desc_t pad = {.ndims = 1,
                                    .dims = {(dnnl_dim_t)scratch_size},
                                    .padded_dims = {(dnnl_dim_t)scratch_size},
                                    .data_type = dnnl_u8,
                                    .format_kind = dnnl_blocked,
                                    .format_desc.blocking.strides = {1}};
    dnnl_exec_arg_t list[4] = {{0}};
    dnnl_stream_t stream = NULL;
    bool ok = dnnl_stream_create(&stream, p->engine, dnnl_stream_default_flags) == dnnl_success;
    for (int i = 0; i < count; i++) {
        list[i].arg = arguments[i].which;
        ok = ok && dnnl_memory_create(&list[i].memory, arguments[i].desc, p->engine,
                                      arguments[i].data) == dnnl_success;
    }
    int used = count;
    if (scratch_size > 0) {
        list[used].arg = DNNL_ARG_SCRATCHPAD;
        ok = ok && dnnl_memory_create(&list[used].memory, &pad, p->engine, scratch) == dnnl_success;
        used++;
    }
    ok = ok && dnnl_primitive_execute(primitive, stream, used, list) == dnnl_success &&
         dnnl_stream_wait(stream) == dnnl_success;
    for (int i = 0; i < used; i++)
        dnnl_memory_destroy(list[i].memory);
    dnnl_stream_destroy(stream);
    return ok ? 0 : -1;
}

static void copy(const uint16_t *from, size_t n, uint16_t *to)
{
    for (size_t i = 0; i < n; i++)
        to[i] = from[i];
}

int bf16_onednn_pack(const struct bf16_product *p, size_t N, uint16_t *b, void *packed,
                     void *scratch)
{
    const struct shape *s = find(p, 0, N);
    assert(s);
    if (!s->reorder) {
        copy(b, N * p->D, packed);
        return 0;
    }
    const struct argument arguments[] = {{DNNL_ARG_FROM, &s->b, b},
                                         {DNNL_ARG_TO, &s->liked, packed}};
    return run(p, s->reorder, arguments, 2, s->reorder_scratch, scratch);
}

/* oneDNN's arguments are not const, even those it only reads. */
int bf16_onednn_run(const struct bf16_product *p, size_t M, size_t N, const uint16_t *a,
                    void *packed, float *c, size_t ldc, void *scratch)
{
    const struct shape *s = find(p, M, N);
    assert(s && s->ldc == ldc);
    const struct argument arguments[] = {{DNNL_ARG_SRC, &s->a, (void *)(uintptr_t)a},
                                         {DNNL_ARG_WEIGHTS, &s->liked, packed},
                                         {DNNL_ARG_DST, &s->c, c}};
    return run(p, s->product, arguments, 3, s->scratch, scratch);
}
#endif
