#include "base/file.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/ascending.h"
#include "base/countof.h"
#include "base/magic.h"
#include "base/mem.h"
#include "config.h"

static struct file_identity identity_of(const struct stat *st)
{
    const int64_t second = 1000000000;
    return (struct file_identity){.device = st->st_dev,
                                  .inode = st->st_ino,
                                  .size = (uint64_t)st->st_size,
                                  .mtime_ns = second * st->st_mtim.tv_sec + st->st_mtim.tv_nsec,
                                  .ctime_ns = second * st->st_ctim.tv_sec + st->st_ctim.tv_nsec};
}

struct file_identity file_identity_of(int descriptor)
{
    struct stat st;
    return fstat(descriptor, &st) == 0 ? identity_of(&st) : (struct file_identity){0};
}

struct file_identity file_identity_at(const char *path)
{
    struct stat st;
    return stat(path, &st) == 0 ? identity_of(&st) : (struct file_identity){0};
}

bool file_identity_equal(const struct file_identity *a, const struct file_identity *b)
{
    return a->device == b->device && a->inode == b->inode && a->size == b->size &&
           a->mtime_ns == b->mtime_ns && a->ctime_ns == b->ctime_ns;
}

static int map_descriptor(int fd, const char *path, struct file_map *out, struct error *err)
{
    struct stat st;
    if (fstat(fd, &st) < 0)
        return error_errno(err, path, "read");
    if (S_ISDIR(st.st_mode))
        return error_at(err, path, -1, "is a folder, not a file");
    if (!S_ISREG(st.st_mode))
        return error_at(err, path, -1, "is not a regular file");
    *out = (struct file_map){.size = (size_t)st.st_size, .identity = identity_of(&st)};
    if (out->size == 0)
        return 0;
    void *data = mmap(NULL, out->size, PROT_READ, MAP_PRIVATE, fd, 0);
    if (data == MAP_FAILED)
        return error_errno(err, path, "map");
    out->data = data;
    return 0;
}

int file_map_any(const char *path, struct file_map *out, struct error *err)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (fd < 0)
        return error_errno(err, path, "open");
    int status = map_descriptor(fd, path, out, err);
    close(fd);
    return status;
}

int file_map_open(const char *path, struct file_map *out, struct error *err)
{
    if (file_map_any(path, out, err) != 0)
        return -1;
    int status = magic_refuse_stand_in(path, out->data, out->size, err);
    if (status != 0)
        file_map_close(out);
    return status;
}

void file_map_release(const struct file_map *map, size_t end)
{
    size_t page = (size_t)sysconf(_SC_PAGESIZE), bytes = end - end % page;
    if (map->data && bytes > 0)
        madvise((void *)map->data, bytes, MADV_DONTNEED);
}

void file_map_close(struct file_map *map)
{
    if (map->data)
        munmap((void *)map->data, map->size);
    *map = (struct file_map){0};
}

static void out_done(struct file_out *out)
{
    free(out->path);
    free(out->temp);
    *out = (struct file_out){0};
}

/* mkstemp makes files private; a result should be as readable as the user's umask allows. */
static void apply_umask(int fd)
{
    mode_t mask = umask(0);
    umask(mask);
    if (fchmod(fd, 0666 & ~mask) < 0)
        return; /* some file systems have no modes; the file is complete all the same */
}

/* A device or a pipe cannot be replaced by a file of the same name: it is written directly. */
static bool written_directly(const char *path)
{
    struct stat st;
    return stat(path, &st) == 0 && !S_ISREG(st.st_mode) && !S_ISDIR(st.st_mode);
}

static FILE *open_temporary(struct file_out *out)
{
    out->temp = mem_printf("%s.tmp-XXXXXX", out->path);
    int fd = mkstemp(out->temp);
    if (fd < 0)
        return NULL;
    apply_umask(fd);
    FILE *stream = fdopen(fd, "wb");
    if (!stream) {
        close(fd);
        unlink(out->temp);
    }
    return stream;
}

int file_out_open(const char *path, struct file_out *out, struct error *err)
{
    char *real = realpath(path, NULL); /* through a symbolic link to what it names */
    *out = (struct file_out){.path = real ? real : mem_strdup(path)};
    errno = EISDIR;
    if (written_directly(path))
        out->stream = fopen(path, "wb");
    else if (!file_is_folder(path))
        out->stream = open_temporary(out);
    if (out->stream)
        return 0;
    error_errno(err, path, "write");
    out_done(out);
    return -1;
}

static void sync_folder(const char *path)
{
    char *folder = file_folder(path);
    int fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd >= 0) {
        fsync(fd);
        close(fd);
    }
    free(folder);
}

int file_put(const char *from, const char *to, struct error *err)
{
    int fd = open(from, O_RDONLY | O_CLOEXEC);
    int status = fd < 0 || fsync(fd) != 0 ? error_errno(err, from, "write") : 0;
    if (fd >= 0)
        close(fd);
    if (status == 0 && rename(from, to) != 0)
        status = error_errno(err, to, "write");
    if (status == 0)
        sync_folder(to);
    return status;
}

int file_out_commit(struct file_out *out, struct error *err)
{
    int saved = 0;
    if (fflush(out->stream) != 0 || ferror(out->stream))
        saved = errno ? errno : EIO;
    if (!saved && out->temp && fsync(fileno(out->stream)) != 0)
        saved = errno;
    if (fclose(out->stream) != 0 && !saved)
        saved = errno;
    out->stream = NULL;
    if (!saved && out->temp && rename(out->temp, out->path) != 0)
        saved = errno;
    if (saved) {
        errno = saved;
        error_errno(err, out->path, "write");
        if (out->temp)
            unlink(out->temp);
    } else if (out->temp) {
        sync_folder(out->path);
    }
    out_done(out);
    return saved ? -1 : 0;
}

void file_out_abort(struct file_out *out)
{
    if (out->stream)
        fclose(out->stream);
    if (out->temp)
        unlink(out->temp);
    out_done(out);
}

int file_write(const char *path, const void *data, size_t size, struct error *err)
{
    struct file_out out;
    if (file_out_open(path, &out, err) != 0)
        return -1;
    if (fwrite(data, 1, size, out.stream) != size) {
        error_errno(err, path, "write");
        file_out_abort(&out);
        return -1;
    }
    return file_out_commit(&out, err);
}

bool file_exists(const char *path)
{
    struct stat st;
    return stat(path, &st) == 0;
}

bool file_is_regular(const char *path)
{
    struct stat st;
    return stat(path, &st) == 0 && S_ISREG(st.st_mode);
}

bool file_is_folder(const char *path)
{
    struct stat st;
    return stat(path, &st) == 0 && S_ISDIR(st.st_mode);
}

char *file_join(const char *folder, const char *name)
{
    if (name[0] == '/' || folder[0] == '\0')
        return mem_strdup(name);
    size_t n = strlen(folder);
    return mem_printf("%s%s%s", folder, folder[n - 1] == '/' ? "" : "/", name);
}

const char *file_name(const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash ? slash + 1 : path;
}

char *file_folder(const char *path)
{
    const char *slash = strrchr(path, '/');
    if (!slash)
        return mem_strdup(".");
    return mem_strndup(path, slash == path ? 1 : (size_t)(slash - path));
}

/* The length of the folders that two absolute paths begin with, the last slash included. */
static size_t common_folders(const char *a, const char *b)
{
    size_t length = 0;
    for (size_t i = 0; a[i] && a[i] == b[i]; i++)
        if (a[i] == '/')
            length = i + 1;
    return length;
}

char *file_relative(const char *path, const char *folder)
{
    char *to = realpath(path, NULL), *real = realpath(folder, NULL), *from = NULL;
    struct str out = {0};
    if (real)
        from = mem_printf("%s%s", real, strcmp(real, "/") == 0 ? "" : "/");
    size_t common = to && from ? common_folders(to, from) : 0;
    if (common > 1) {
        for (const char *at = from + common; *at; at++)
            if (*at == '/')
                str_add(&out, "../");
        str_add(&out, to + common);
    } else {
        str_add(&out, file_name(path));
    }
    free(from);
    free(real);
    free(to);
    return str_take(&out);
}

/* NAME without empty parts and "."; NULL if it is absolute or has "..". The caller's to free. */
static char *plain_name(const char *name)
{
    struct str out = {0};
    bool inside = *name != '/';
    for (const char *at = name; *at && inside;) {
        size_t length = strcspn(at, "/");
        inside = !(length == 2 && strncmp(at, "..", 2) == 0);
        if (length > 0 && !(length == 1 && *at == '.'))
            str_addf(&out, "%s%.*s", out.length ? "/" : "", (int)length, at);
        at += length + (at[length] == '/');
    }
    if (inside)
        return str_take(&out);
    str_done(&out);
    return NULL;
}

/* Whether a path, as far as it exists, is in the folder; both may have links. */
static bool is_below(const char *path, const char *folder)
{
    char *root = realpath(folder, NULL), *real = realpath(path, NULL);
    struct stat link;
    bool below = false;
    if (!real && lstat(path, &link) != 0) { /* not there: where would it be made? */
        char *above = file_folder(path);
        below = strlen(above) >= strlen(folder) && is_below(above, folder);
        free(above);
    } else if (root && real) {
        size_t n = strcmp(root, "/") == 0 ? 0 : strlen(root);
        below = strncmp(real, root, n) == 0 && (real[n] == '/' || real[n] == '\0');
    }
    free(real);
    free(root);
    return below;
}

int file_below(const char *folder, const char *name, char **path_out, struct error *err)
{
    char *plain = plain_name(name);
    *path_out = NULL;
    if (!plain)
        return error_set(err, "'%s' leads out of the folder %s: give a name below it", name,
                         folder);
    char *path = *plain ? file_join(folder, plain) : NULL;
    free(plain);
    if (!path)
        return error_set(err, "'%s' is not the name of a file", name);
    if (!is_below(path, folder)) {
        free(path);
        return error_set(err, "'%s' leads out of the folder %s by a symbolic link", name, folder);
    }
    *path_out = path;
    return 0;
}

int file_list(const char *folder, bool (*wanted)(const char *name), struct str_list *out,
              struct error *err)
{
    *out = (struct str_list){0};
    DIR *dir = opendir(folder);
    if (!dir)
        return error_errno(err, folder, "list");
    for (struct dirent *e; (e = readdir(dir));) {
        if (strcmp(e->d_name, ".") == 0 || strcmp(e->d_name, "..") == 0 ||
            (wanted && !wanted(e->d_name)))
            continue;
        str_list_add(out, mem_strdup(e->d_name));
    }
    closedir(dir);
    if (out->count > 0)
        qsort(out->items, out->count, sizeof *out->items, ascending_text);
    return 0;
}

enum { DEEPEST = 64 };

static bool is_real_folder(const char *path)
{
    struct stat st;
    return lstat(path, &st) == 0 && S_ISDIR(st.st_mode);
}

static int list_below(const char *folder, bool (*wanted)(const char *name), int depth,
                      struct str_list *paths, struct error *err)
{
    struct str_list names;
    int status = 0;
    if (depth > DEEPEST)
        return error_at(err, folder, -1, "is more than %d folders deep", DEEPEST);
    if (file_list(folder, NULL, &names, err) != 0)
        return -1;
    for (size_t i = 0; status == 0 && i < names.count; i++) {
        char *path = file_join(folder, names.items[i]);
        if (names.items[i][0] != '.' && is_real_folder(path))
            status = list_below(path, wanted, depth + 1, paths, err);
        else if (wanted(names.items[i]) && !file_is_folder(path))
            str_list_add(paths, mem_strdup(path));
        free(path);
    }
    str_list_done(&names);
    return status;
}

int file_list_below(const char *folder, bool (*wanted)(const char *name), struct str_list *paths,
                    struct error *err)
{
    return list_below(folder, wanted, 0, paths, err);
}

int file_make_folder(const char *path, struct error *err)
{
    char *part = mem_strdup(path);
    int status = 0;
    for (char *p = part + 1; status == 0; p++) {
        if (*p != '/' && *p != '\0')
            continue;
        char end = *p;
        *p = '\0';
        if (mkdir(part, 0777) != 0 && !(errno == EEXIST && file_is_folder(part)))
            status = error_errno(err, part, "make the folder");
        *p = end;
        if (end == '\0')
            break;
    }
    free(part);
    return status;
}

size_t file_folders_missing(const char *path)
{
    size_t count = 0;
    char *part = mem_strdup(path);
    while (!file_exists(part) && strcmp(part, ".") != 0) {
        char *above = file_folder(part);
        count++;
        free(part);
        part = above;
    }
    free(part);
    return count;
}

void file_folders_remove(const char *path, size_t count)
{
    char *part = mem_strdup(path);
    while (count-- > 0 && (rmdir(part) == 0 || errno == ENOENT)) {
        char *above = file_folder(part);
        free(part);
        part = above;
    }
    free(part);
}

/* FOLDER/assets/NAME for each folder above the executable, nearest first: a build folder inside the
 * source tree finds the tree's assets; else those that were installed with it, wherever the tree
 * was moved since. */
static char *asset_near_program(const char *name)
{
    static const char *const folders[] = {"assets", "share/" PACKAGE "/assets"};
    char self[4096];
    ssize_t n = readlink("/proc/self/exe", self, sizeof self - 1);
    if (n <= 0)
        return NULL;
    self[n] = '\0';
    for (int up = 0; up < 4; up++) {
        char *slash = strrchr(self, '/');
        if (!slash || slash == self)
            return NULL;
        *slash = '\0';
        for (size_t i = 0; i < COUNTOF(folders); i++) {
            char *path = mem_printf("%s/%s/%s", self, folders[i], name);
            if (file_exists(path))
                return path;
            free(path);
        }
    }
    return NULL;
}

int file_asset(const char *name, char **path_out, struct error *err)
{
    const char *set = getenv("SCANSCOPE_ASSETS");
    char *path = set ? file_join(set, name) : asset_near_program(name);
    if (!path)
        path = file_join(SCANSCOPE_ASSETS_DIR, name);
    if (file_exists(path)) {
        *path_out = path;
        return 0;
    }
    error_at(err, path, -1,
             "is part of the program but missing; set SCANSCOPE_ASSETS to the "
             "source tree's folder 'assets', or install again");
    free(path);
    return -1;
}
