SELECT 'one';
