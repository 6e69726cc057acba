// What the command line of Atlas does, for those who have only its library: apply, status, hash, set.
package main

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"strings"
	"time"

	"ariga.io/atlas/sql/migrate"
	_ "ariga.io/atlas/sql/mysql"
	_ "ariga.io/atlas/sql/postgres"
	"ariga.io/atlas/sql/schema"
	"ariga.io/atlas/sql/sqlclient"
	_ "ariga.io/atlas/sql/sqlite"
	"entgo.io/ent/dialect"
	entsql "entgo.io/ent/dialect/sql"
	ent "entgo.io/ent/dialect/sql/schema"
	"entgo.io/ent/schema/field"
	_ "github.com/go-sql-driver/mysql"
	_ "github.com/lib/pq"
	"modernc.org/sqlite"
)

const table = "atlas_schema_revisions"

// The columns as cmd/atlas/internal/migrate/ent/schema/revision.go has them.
var columns = []*ent.Column{
	{Name: "version", Type: field.TypeString},
	{Name: "description", Type: field.TypeString},
	{Name: "type", Type: field.TypeUint, Default: 2},
	{Name: "applied", Type: field.TypeInt, Default: 0},
	{Name: "total", Type: field.TypeInt, Default: 0},
	{Name: "executed_at", Type: field.TypeTime},
	{Name: "execution_time", Type: field.TypeInt64},
	{Name: "error", Type: field.TypeString, Nullable: true, Size: 2147483647},
	{Name: "error_stmt", Type: field.TypeString, Nullable: true, Size: 2147483647},
	{Name: "hash", Type: field.TypeString},
	{Name: "partial_hashes", Type: field.TypeJSON, Nullable: true},
	{Name: "operator_version", Type: field.TypeString},
}

type store struct {
	db           *sql.DB
	kind, schema string
}

func (s *store) Ident() *migrate.TableIdent {
	return &migrate.TableIdent{Name: table, Schema: s.schema}
}

func (s *store) bind(text string) string {
	if s.kind != dialect.Postgres {
		return text
	}
	for i := 1; strings.Contains(text, "?"); i++ {
		text = strings.Replace(text, "?", fmt.Sprintf("$%d", i), 1)
	}
	return text
}

func (s *store) read(ctx context.Context, tail string, args ...any) ([]*migrate.Revision, error) {
	rows, err := s.db.QueryContext(ctx, s.bind("select version, description, type, applied, total, execution_time, coalesce(error, ''), coalesce(error_stmt, ''), hash, coalesce(partial_hashes, 'null'), operator_version from "+table+tail), args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var all []*migrate.Revision
	for rows.Next() {
		r := &migrate.Revision{}
		var part []byte
		var took int64
		if err := rows.Scan(&r.Version, &r.Description, &r.Type, &r.Applied, &r.Total, &took, &r.Error, &r.ErrorStmt, &r.Hash, &part, &r.OperatorVersion); err != nil {
			return nil, err
		}
		r.ExecutionTime = time.Duration(took)
		if err := json.Unmarshal(part, &r.PartialHashes); err != nil {
			return nil, err
		}
		all = append(all, r)
	}
	return all, rows.Err()
}

func (s *store) ReadRevisions(ctx context.Context) ([]*migrate.Revision, error) {
	return s.read(ctx, " order by version")
}

func (s *store) ReadRevision(ctx context.Context, v string) (*migrate.Revision, error) {
	all, err := s.read(ctx, " where version = ?", v)
	if err != nil {
		return nil, err
	}
	if len(all) == 0 {
		return nil, migrate.ErrRevisionNotExist
	}
	return all[0], nil
}

func (s *store) DeleteRevision(ctx context.Context, v string) error {
	_, err := s.db.ExecContext(ctx, s.bind("delete from "+table+" where version = ?"), v)
	return err
}

func null(text string) any {
	if text == "" {
		return nil
	}
	return text
}

func (s *store) WriteRevision(ctx context.Context, r *migrate.Revision) error {
	if err := s.DeleteRevision(ctx, r.Version); err != nil {
		return err
	}
	part, err := json.Marshal(r.PartialHashes)
	if err != nil {
		return err
	}
	at := any(r.ExecutedAt)
	if s.kind == dialect.MySQL {
		at = r.ExecutedAt.UTC().Format("2006-01-02 15:04:05")
	}
	_, err = s.db.ExecContext(ctx, s.bind("insert into "+table+" (version, description, type, applied, total, executed_at, execution_time, error, error_stmt, hash, partial_hashes, operator_version) values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"),
		r.Version, r.Description, uint(r.Type), r.Applied, r.Total, at, int64(r.ExecutionTime), null(r.Error), null(r.ErrorStmt), r.Hash, string(part), r.OperatorVersion)
	return err
}

func run(args []string) error {
	ctx := context.Background()
	dir, err := migrate.NewLocalDir(args[1])
	if err != nil {
		return err
	}
	if args[0] == "hash" {
		sum, err := dir.Checksum()
		if err != nil {
			return err
		}
		return migrate.WriteSumFile(dir, sum)
	}
	if err := migrate.Validate(dir); err != nil {
		return err
	}
	kind := args[2]
	client, err := sqlclient.Open(ctx, args[3])
	if err != nil {
		return err
	}
	db, drv := client.DB, client.Driver
	maker, err := ent.NewMigrate(entsql.OpenDB(kind, db), ent.WithDiffHook(func(next ent.Differ) ent.Differ {
		return ent.DiffFunc(func(a, b *schema.Schema) ([]schema.Change, error) {
			all, err := next.Diff(a, b)
			for _, one := range all {
				if add, ok := one.(*schema.AddTable); ok && add.T.Name == table {
					return []schema.Change{one}, err
				}
			}
			return nil, err
		})
	}))
	if err != nil {
		return err
	}
	if err := maker.Create(ctx, &ent.Table{Name: table, Columns: columns, PrimaryKey: columns[:1]}); err != nil {
		return err
	}
	rrw := &store{db, kind, client.URL.Schema}
	options := []migrate.ExecutorOption{migrate.WithOperatorVersion("Atlas CLI - library")}
	n := 0
	for _, arg := range args[4:] {
		switch {
		case strings.HasPrefix(arg, "--baseline="):
			options = append(options, migrate.WithBaselineVersion(arg[11:]))
		case arg == "--allow-dirty":
			options = append(options, migrate.WithAllowDirty(true))
		case arg == "--exec-order=linear-skip":
			options = append(options, migrate.WithExecOrder(migrate.ExecOrderLinearSkip))
		case arg == "--exec-order=non-linear":
			options = append(options, migrate.WithExecOrder(migrate.ExecOrderNonLinear))
		default:
			if _, err := fmt.Sscan(arg, &n); err != nil {
				return fmt.Errorf("unknown argument %s", arg)
			}
		}
	}
	ex, err := migrate.NewExecutor(drv, dir, rrw, options...)
	if err != nil {
		return err
	}
	switch args[0] {
	case "apply":
		err = ex.ExecuteN(ctx, n)
	case "status":
		var left []migrate.File
		left, err = ex.Pending(ctx)
		for _, one := range left {
			fmt.Println("pending", one.Name())
		}
	default:
		return fmt.Errorf("unknown verb %s", args[0])
	}
	if errors.Is(err, migrate.ErrNoPendingFiles) {
		fmt.Println("No migration files to execute")
		return nil
	}
	return err
}

func main() {
	sql.Register("sqlite3", &sqlite.Driver{})
	if err := run(os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "Error:", err)
		os.Exit(1)
	}
}
