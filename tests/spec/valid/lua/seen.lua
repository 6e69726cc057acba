-- KEYS[1] is the key

  return redis.call('HSETNX', KEYS[1], ARGV[1], ARGV[2])
